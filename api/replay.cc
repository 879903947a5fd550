#include "api/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tesuji::verifier {
namespace {

/// Collects problems up to a limit.
class Findings {
 public:
  explicit Findings(std::size_t limit) : limit_(limit) {}
  template <class... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    if (lines_.size() < limit_) lines_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }
  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  std::size_t limit_;
  std::vector<std::string> lines_;
};

void CheckMaker(const env::Environment& environment, const env::Trajectory& trajectory,
                Findings* findings) {
  const auto& spec = environment.spec();
  const auto& made = trajectory.provenance;
  if (made.environment_id != spec.id) {
    findings->Add("environment is \"{}\", replayed with \"{}\"", made.environment_id, spec.id);
  }
  if (made.environment_version != spec.version) {
    findings->Add("environment version is {}, this program has {}", made.environment_version,
                  spec.version);
  }
  if (made.checkpoints.empty() && !trajectory.steps.empty()) {
    findings->Add("provenance names no checkpoint");
  }
}

void CheckTarget(const env::Step& step, std::size_t index, const std::vector<env::Action>& legal,
                 Findings* findings) {
  double total = 0;
  env::Action previous = -1;
  for (const auto& entry : step.policy) {
    if (entry.action <= previous) findings->Add("step {}: policy target is not sorted", index);
    previous = entry.action;
    if (!std::binary_search(legal.begin(), legal.end(), entry.action)) {
      findings->Add("step {}: policy target holds illegal action {}", index, entry.action);
    }
    if (!(entry.probability >= 0 && entry.probability <= 1)) {
      findings->Add("step {}: policy target gives action {} probability {}", index, entry.action,
                    entry.probability);
    }
    total += entry.probability;
  }
  if (step.is_target && !(std::abs(total - 1) < 1e-3)) {
    findings->Add("step {}: policy target sums to {}", index, total);
  }
  if (!step.is_target && !step.policy.empty()) {
    findings->Add("step {}: has a policy but is no target", index);
  }
}

void CheckNumbers(const env::Step& step, std::size_t index, std::size_t checkpoints,
                  Findings* findings) {
  if (!(step.root_value >= -1.001F && step.root_value <= 1.001F)) {
    findings->Add("step {}: root value {} is outside [-1, 1]", index, step.root_value);
  }
  if (!(step.weight >= 0) || !std::isfinite(step.weight)) {
    findings->Add("step {}: sample weight {}", index, step.weight);
  }
  if (!(step.surprise >= -1e-3F) || !std::isfinite(step.surprise)) {
    findings->Add("step {}: surprise {}", index, step.surprise);
  }
  if (step.checkpoint >= checkpoints) {
    findings->Add("step {}: checkpoint index {} of {}", index, step.checkpoint, checkpoints);
  }
}

/// False when `step` cannot be played, which ends the replay.
bool PlayStep(const env::Step& step, std::size_t index, env::State* state,
              std::vector<env::Action>* legal, Findings* findings) {
  if (state->phase() != env::Phase::kOngoing) {
    findings->Add("step {}: played after the end", index);
    return false;
  }
  if (state->to_play() == env::Player::kChance) {
    std::vector<env::ChanceOutcome> outcomes;
    state->ChanceOutcomes(&outcomes);
    legal->clear();
    for (const auto& outcome : outcomes) legal->push_back(outcome.action);
  } else {
    state->LegalActions(legal);
  }
  if (!std::binary_search(legal->begin(), legal->end(), step.action)) {
    findings->Add("step {}: action {} is illegal", index, step.action);
    return false;
  }
  CheckTarget(step, index, *legal, findings);
  state->Apply(step.action);
  return true;
}

void CheckOutcome(const env::Environment& environment, const env::State& end,
                  const env::Outcome& outcome, Findings* findings) {
  if (end.phase() == env::Phase::kOngoing) {
    findings->Add("the steps end before the episode does");
    return;
  }
  if (end.phase() == env::Phase::kAwaitsJudge) return;
  if (end.Value() != outcome.value) {
    findings->Add("value is {}, the rules give {}", outcome.value, end.Value());
  }
  if (end.Termination() != outcome.termination) {
    findings->Add("termination is \"{}\", the rules give \"{}\"", outcome.termination,
                  end.Termination());
  }
  const auto& spec = environment.spec();
  if (!spec.has_ownership && !spec.has_score) return;
  const env::FinalTargets targets = end.Targets();
  if (spec.has_score && targets.score != outcome.score) {
    findings->Add("score is {}, the rules give {}", outcome.score, targets.score);
  }
  if (spec.has_ownership && targets.ownership != outcome.ownership) {
    findings->Add("ownership differs from what the rules give");
  }
}

}  // namespace

std::vector<std::string> ReplayTrajectory(const env::Environment& environment,
                                          const env::Trajectory& trajectory, std::size_t limit) {
  Findings findings(limit);
  CheckMaker(environment, trajectory, &findings);
  auto start = environment.NewState(trajectory.task);
  if (!start) {
    findings.Add("task \"{}\": {}", trajectory.task.id, start.error().message);
    return findings.Take();
  }
  env::State& state = **start;
  std::vector<env::Action> legal;
  for (std::size_t i = 0; i < trajectory.steps.size(); ++i) {
    const auto& step = trajectory.steps[i];
    CheckNumbers(step, i, trajectory.provenance.checkpoints.size(), &findings);
    if (!PlayStep(step, i, &state, &legal, &findings)) return findings.Take();
  }
  CheckOutcome(environment, state, trajectory.outcome, &findings);
  if (state.Fingerprint() != trajectory.final_fingerprint) {
    findings.Add("final fingerprint is {}, the replay gives {}",
                 trajectory.final_fingerprint.ToHex(), state.Fingerprint().ToHex());
  }
  if (state.Artifact() != trajectory.artifact) {
    findings.Add("artifact differs from what the replay gives");
  }
  return findings.Take();
}

}  // namespace tesuji::verifier
