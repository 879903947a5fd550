#include "learner/compact_episode.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "api/replay.h"

namespace tesuji::learner {
namespace {

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
  CompactEpisode episode;
  episode.task = trajectory.task;
  double weight = 0;
  // Rows are not made from the artifact, so it is not read.
  env::ReplayOptions replay{.limit = 1, .read_artifact = false, .visit = {}, .visit_end = {}};
  replay.visit = [&](std::size_t i, const env::State& before) {
    const env::Step& step = trajectory.steps[i];
    if (i > 0 && i % CompactEpisode::kKeyframeSteps == 0) {
      episode.keyframes.push_back(before.Clone());
    }
    episode.actions.push_back(step.action);
    if (!step.is_target || step.weight == 0) return;
    weight += step.weight;
    episode.policy.insert(episode.policy.end(), step.policy.begin(), step.policy.end());
    episode.rows.push_back({.step = static_cast<std::int32_t>(i),
                            .policy_end = static_cast<std::uint32_t>(episode.policy.size()),
                            .weight_end = weight});
  };
  replay.visit_end = [&](const env::State& end) {
    episode.score_known = end.phase() == env::Phase::kScored && environment.spec().has_score;
  };
  const auto problems = env::ReplayTrajectory(environment, trajectory, replay);
  if (!problems.empty()) return Fail(problems.front());
  episode.score = trajectory.outcome.score;
  episode.ownership = trajectory.outcome.ownership;
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
