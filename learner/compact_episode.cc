#include "learner/compact_episode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <utility>

namespace tesuji::learner {
namespace {

constexpr double kSumTolerance = 1e-2;
constexpr float kValueTolerance = 1e-4F;

bool IsLegal(const std::vector<env::Action>& legal, env::Action action) {
  return std::binary_search(legal.begin(), legal.end(), action);
}

Status CheckTarget(const env::Step& step, const std::vector<env::Action>& legal) {
  double sum = 0;
  env::Action last = -1;
  for (const env::PolicyEntry& entry : step.policy) {
    if (entry.action <= last || !IsLegal(legal, entry.action)) {
      return Fail(fmt::format("its target names action {}, which is not legal or out of order",
                              entry.action));
    }
    if (!(entry.probability >= 0)) return Fail("its target holds a negative probability");
    last = entry.action;
    sum += entry.probability;
  }
  if (!(std::abs(sum - 1) <= kSumTolerance)) {
    return Fail(fmt::format("its target sums to {}, expected 1", sum));
  }
  if (!std::isfinite(step.weight) || step.weight < 0) {
    return Fail(fmt::format("its weight is {}", step.weight));
  }
  return {};
}

/// Plays one step; `legal` is scratch.
Status PlayStep(const env::Step& step, env::State* state, std::vector<env::Action>* legal) {
  if (state->phase() != env::Phase::kOngoing) return Fail("the episode is already over");
  if (state->to_play() == env::Player::kChance) {
    std::vector<env::ChanceOutcome> outcomes;
    state->ChanceOutcomes(&outcomes);
    legal->clear();
    for (const env::ChanceOutcome& outcome : outcomes) legal->push_back(outcome.action);
    if (step.is_target) return Fail("a chance step cannot be a target");
  } else {
    state->LegalActions(legal);
  }
  if (!IsLegal(*legal, step.action)) return Fail(fmt::format("action {} is illegal", step.action));
  if (!(std::abs(step.root_value) <= 1)) {
    return Fail(fmt::format("its search value is {}, expected -1 to 1", step.root_value));
  }
  if (step.is_target) {
    if (Status status = CheckTarget(step, *legal); !status) return status;
  }
  state->Apply(step.action);
  return {};
}

Status ReadEnd(const env::Spec& spec, const env::State& state, const env::Trajectory& trajectory,
               CompactEpisode* out) {
  const env::Outcome& outcome = trajectory.outcome;
  if (trajectory.final_fingerprint != Key128{} &&
      trajectory.final_fingerprint != state.Fingerprint()) {
    return Fail("the end reached is not the recorded one");
  }
  if (!(std::abs(outcome.value) <= 1) || !std::isfinite(outcome.score)) {
    return Fail(
        fmt::format("outcome {} with score {} makes no sense", outcome.value, outcome.score));
  }
  const bool scored = state.phase() == env::Phase::kScored;
  if (scored && std::abs(state.Value() - outcome.value) > kValueTolerance) {
    return Fail(
        fmt::format("outcome {} is recorded, the rules say {}", outcome.value, state.Value()));
  }
  out->score = outcome.score;
  out->score_known = scored && spec.has_score;
  if (!spec.has_ownership) return {};
  out->ownership = outcome.ownership;
  if (out->ownership.empty() && scored) out->ownership = state.Targets().ownership;
  if (!out->ownership.empty() &&
      std::cmp_not_equal(out->ownership.size(), spec.observation.cells())) {
    return Fail(fmt::format("ownership of {} cells, expected {}", out->ownership.size(),
                            spec.observation.cells()));
  }
  return {};
}

/// Fills the rows' values; see MakeCompactEpisode().
void TeachValues(const env::Trajectory& trajectory, double value_horizon, CompactEpisode* out) {
  const double share = value_horizon == 0 ? 0 : std::min(1.0, 1 / value_horizon);
  double value = trajectory.outcome.value;
  std::size_t row = out->rows.size();
  for (std::size_t i = trajectory.steps.size(); i-- > 0 && row > 0;) {
    if (std::cmp_equal(out->rows[row - 1].step, i)) {
      out->rows[--row].value = static_cast<float>(value);
    }
    const env::Step& step = trajectory.steps[i];
    // Steps of chance and of no search have no value to add.
    if (step.visits > 0) value += share * (static_cast<double>(step.root_value) - value);
  }
}

}  // namespace

std::unique_ptr<env::State> CompactEpisode::StateBefore(const env::Environment& environment,
                                                        std::size_t step) const {
  const std::size_t frame = std::min(step / kKeyframeSteps, keyframes.size());
  std::unique_ptr<env::State> state;
  if (frame > 0) {
    state = keyframes[frame - 1]->Clone();
  } else {
    // MakeCompactEpisode() has made this task and played these actions, so nothing here can fail.
    auto start = environment.NewState(task);
    assert(start.has_value());
    state = std::move(*start);
  }
  for (std::size_t i = frame * kKeyframeSteps; i < step; ++i) state->Apply(actions[i]);
  return state;
}

Result<CompactEpisode> MakeCompactEpisode(const env::Environment& environment,
                                          const env::Trajectory& trajectory, double value_horizon) {
  auto start = environment.NewState(trajectory.task);
  if (!start) return Fail(fmt::format("task '{}': {}", trajectory.task.id, start.error().message));
  env::State& state = **start;
  CompactEpisode episode;
  episode.task = trajectory.task;
  std::vector<env::Action> legal;
  double weight = 0;
  for (std::size_t i = 0; i < trajectory.steps.size(); ++i) {
    const env::Step& step = trajectory.steps[i];
    if (i > 0 && i % CompactEpisode::kKeyframeSteps == 0) {
      episode.keyframes.push_back(state.Clone());
    }
    if (Status status = PlayStep(step, &state, &legal); !status) {
      return Fail(fmt::format("step {}: {}", i, status.error().message));
    }
    episode.actions.push_back(step.action);
    if (!step.is_target || step.weight == 0) continue;
    weight += step.weight;
    episode.policy.insert(episode.policy.end(), step.policy.begin(), step.policy.end());
    episode.rows.push_back({.step = static_cast<std::int32_t>(i),
                            .policy_end = static_cast<std::uint32_t>(episode.policy.size()),
                            .weight_end = weight});
  }
  if (Status status = ReadEnd(environment.spec(), state, trajectory, &episode); !status) {
    return tl::unexpected(status.error());
  }
  TeachValues(trajectory, value_horizon, &episode);
  episode.actions.resize(episode.rows.empty() ? 0
                                              : static_cast<std::size_t>(episode.rows.back().step));
  episode.keyframes.resize(
      std::min(episode.keyframes.size(), episode.actions.size() / CompactEpisode::kKeyframeSteps));
  episode.actions.shrink_to_fit();
  episode.policy.shrink_to_fit();
  return episode;
}

}  // namespace tesuji::learner
