#include "api/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <limits>
#include <utility>

#include "api/judge.h"

namespace tesuji::env {
namespace {

/// Collects problems up to a limit.
class Findings {
 public:
  explicit Findings(std::size_t limit) : limit_(std::max<std::size_t>(1, limit)) {}
  template <class... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    if (!full()) Keep(fmt::format(format, std::forward<Args>(args)...));
  }
  bool full() const { return lines_.size() >= limit_; }
  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  // Inlined, it makes GCC 12 warn of an overflow that is none.
  [[gnu::noinline]] void Keep(std::string line) { lines_.push_back(std::move(line)); }

  std::size_t limit_;
  std::vector<std::string> lines_;
};

/// False for a number that is none.
bool Equal(double stored, double given) {
  return std::abs(stored - given) <= ReplayTolerance::kOutcome * std::max(1.0, std::abs(given));
}

bool InRange(double value) { return std::abs(value) <= 1 + ReplayTolerance::kSearchValue; }

void CheckMaker(const Environment& environment, const Trajectory& trajectory, Findings* findings) {
  const Spec& spec = environment.spec();
  const Provenance& made = trajectory.provenance;
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

void CheckTarget(const Step& step, std::size_t index, const std::vector<Action>& legal,
                 Findings* findings) {
  double total = 0;
  Action previous = -1;
  for (const PolicyEntry& entry : step.policy) {
    if (entry.action <= previous) findings->Add("step {}: policy target is not sorted", index);
    previous = entry.action;
    if (!std::ranges::binary_search(legal, entry.action)) {
      findings->Add("step {}: policy target holds illegal action {}", index, entry.action);
    }
    if (!(entry.probability >= 0 && entry.probability <= 1)) {
      findings->Add("step {}: policy target gives action {} probability {}", index, entry.action,
                    entry.probability);
    }
    total += entry.probability;
  }
  if (step.is_target && !(std::abs(total - 1) <= ReplayTolerance::kPolicySum)) {
    findings->Add("step {}: policy target sums to {}", index, total);
  }
  if (!step.is_target && !step.policy.empty()) {
    findings->Add("step {}: has a policy but is no target", index);
  }
}

void CheckNumbers(const Step& step, std::size_t index, Findings* findings) {
  if (!InRange(step.root_value)) {
    findings->Add("step {}: root value {} is outside [-1, 1]", index, step.root_value);
  }
  if (!(step.weight >= 0) || !std::isfinite(step.weight)) {
    findings->Add("step {}: sample weight {}", index, step.weight);
  }
  if (!(step.surprise >= -ReplayTolerance::kSearchValue) || !std::isfinite(step.surprise)) {
    findings->Add("step {}: surprise {}", index, step.surprise);
  }
}

/// The actions that may come next: legal ones, or the outcomes of chance.
void NextActions(const State& state, std::vector<Action>* actions) {
  actions->clear();
  if (state.to_play() != Player::kChance) return state.LegalActions(actions);
  std::vector<ChanceOutcome> outcomes;
  state.ChanceOutcomes(&outcomes);
  for (const ChanceOutcome& outcome : outcomes) actions->push_back(outcome.action);
}

/// Checks and plays one step. False when it cannot be played, which ends the replay.
bool PlayStep(const Step& step, std::size_t index, State* state, std::vector<Action>* actions,
              const StepVisitor& visit, Findings* findings) {
  if (state->phase() != Phase::kOngoing) {
    findings->Add("step {}: played after the end", index);
    return false;
  }
  NextActions(*state, actions);
  if (!std::ranges::binary_search(*actions, step.action)) {
    findings->Add("step {}: action {} is illegal", index, step.action);
    return false;
  }
  if (step.is_target && state->to_play() == Player::kChance) {
    findings->Add("step {}: chance moves, yet it is a target", index);
  }
  CheckNumbers(step, index, findings);
  CheckTarget(step, index, *actions, findings);
  if (visit) visit(index, *state);
  state->Apply(step.action);
  return true;
}

/// What the rules leave to a judge need only make sense.
void CheckJudged(const Spec& spec, const Outcome& outcome, Findings* findings) {
  if (!(std::abs(outcome.value) <= 1)) {
    findings->Add("judged value {} is outside [-1, 1]", outcome.value);
  }
  constexpr std::array<Verdict, 7> kLabels = {
      Verdict::kAccepted,    Verdict::kWrongAnswer,  Verdict::kTimeLimit,   Verdict::kMemoryLimit,
      Verdict::kOutputLimit, Verdict::kRuntimeError, Verdict::kCompileError};
  const bool labelled = std::ranges::any_of(kLabels, [&](Verdict verdict) {
    return outcome.termination == fmt::format("judged:{}", VerdictName(verdict));
  });
  if (!labelled) {
    findings->Add("the episode ends in a state that awaits a judge, its termination is \"{}\"",
                  outcome.termination);
  }
  if (!std::isfinite(outcome.score)) findings->Add("score is {}", outcome.score);
  if (!outcome.ownership.empty() &&
      std::cmp_not_equal(outcome.ownership.size(), spec.observation.cells())) {
    findings->Add("ownership of {} cells, expected {}", outcome.ownership.size(),
                  spec.observation.cells());
  }
}

void CheckOutcome(const Spec& spec, const State& end, const Outcome& outcome, Findings* findings) {
  if (end.phase() == Phase::kOngoing) {
    findings->Add("the steps end before the episode does");
    return;
  }
  if (end.phase() == Phase::kAwaitsJudge) return CheckJudged(spec, outcome, findings);
  // Asked once: a faulty environment may give another value the next time.
  if (const float value = end.Value(); !Equal(outcome.value, value)) {
    findings->Add("value is {}, the rules give {}", outcome.value, value);
  }
  if (end.Termination() != outcome.termination) {
    findings->Add("termination is \"{}\", the rules give \"{}\"", outcome.termination,
                  end.Termination());
  }
  const bool has_targets = spec.has_ownership || spec.has_score;
  const FinalTargets targets = has_targets ? end.Targets() : FinalTargets{};
  const float score = spec.has_score ? targets.score : 0;
  if (!Equal(outcome.score, score)) {
    findings->Add("score is {}, the rules give {}", outcome.score, score);
  }
  if (outcome.ownership != (spec.has_ownership ? targets.ownership : std::vector<std::int8_t>())) {
    findings->Add("ownership differs from what the rules give");
  }
}

/// The artifact is what the state says of itself, and leads back to it without the steps.
void CheckArtifact(const Environment& environment, const State& end, const Trajectory& trajectory,
                   bool read, Findings* findings) {
  if (end.Artifact() != trajectory.artifact) {
    findings->Add("artifact differs from what the replay gives");
  }
  if (!read || findings->full()) return;
  const auto again = environment.FromArtifact(trajectory.artifact);
  if (!again) {
    findings->Add("artifact cannot be read: {}", again.error().message);
  } else if (*again == nullptr || (*again)->Fingerprint() != trajectory.final_fingerprint ||
             (*again)->phase() != end.phase()) {
    findings->Add("artifact leads to another state than the steps do");
  }
}

void Replay(const Environment& environment, const Trajectory& trajectory,
            const ReplayOptions& options, Findings* findings) {
  CheckMaker(environment, trajectory, findings);
  const auto start = environment.NewState(trajectory.task);
  if (!start || *start == nullptr) {
    findings->Add("task \"{}\": {}", trajectory.task.id,
                  start ? "gives no state" : start.error().message);
    return;
  }
  State& state = **start;
  std::vector<Action> actions;
  const std::size_t checkpoints = trajectory.provenance.checkpoints.size();
  for (std::size_t i = 0; i < trajectory.steps.size() && !findings->full(); ++i) {
    const Step& step = trajectory.steps[i];
    if (step.checkpoint >= checkpoints && checkpoints > 0) {
      findings->Add("step {}: checkpoint index {} of {}", i, step.checkpoint, checkpoints);
    }
    if (!PlayStep(step, i, &state, &actions, options.visit, findings)) return;
  }
  if (findings->full()) return;
  if (options.visit_end) options.visit_end(state);
  CheckOutcome(environment.spec(), state, trajectory.outcome, findings);
  if (state.Fingerprint() != trajectory.final_fingerprint) {
    findings->Add("final fingerprint is {}, the replay gives {}",
                  trajectory.final_fingerprint.ToHex(), state.Fingerprint().ToHex());
  }
  CheckArtifact(environment, state, trajectory, options.read_artifact, findings);
}

}  // namespace

std::vector<std::string> ReplayTrajectory(const Environment& environment,
                                          const Trajectory& trajectory,
                                          const ReplayOptions& options) {
  Findings findings(options.limit);
  try {
    Replay(environment, trajectory, options, &findings);
  } catch (const MachineError&) {
    throw;
  } catch (const std::exception& thrown) {
    findings.Add("the environment threw: {}", thrown.what());
  }
  return findings.Take();
}

Result<std::unique_ptr<State>> ReplaySteps(const Environment& environment, const Task& task,
                                           std::span<const Step> steps, const StepVisitor& visit) {
  auto start = environment.NewState(task);
  if (!start) return start;
  std::vector<Action> actions;
  Findings findings(1);
  for (std::size_t i = 0; i < steps.size() && !findings.full(); ++i) {
    PlayStep(steps[i], i, start->get(), &actions, visit, &findings);
  }
  if (findings.full()) return Fail(findings.Take().front());
  return start;
}

}  // namespace tesuji::env
