// What the replay window keeps of a trajectory: enough to make its training rows again, nothing
// else. Made only from trajectories that replay, so that making rows cannot fail.
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "core/result.h"

namespace tesuji::learner {

/// One training row: the position before `step`.
struct EpisodeRow {
  std::int32_t step = 0;
  float value = 0;               ///< What the position is taught to be worth; first player's view.
  std::uint32_t policy_end = 0;  ///< In CompactEpisode::policy; begins where the last row ends.
  double weight_end = 0;         ///< Sum of the weights of this episode's rows up to this one.
};

struct CompactEpisode {
  static constexpr std::size_t kKeyframeSteps = 64;

  env::Task task;
  std::vector<env::Action> actions;  ///< Up to the last row's position.
  /// The position before every 64th step, the first one left out: long episodes need not be
  /// replayed from their beginning for each of their rows.
  std::vector<std::unique_ptr<const env::State>> keyframes;
  std::vector<EpisodeRow> rows;  ///< Steps ascend; weights are all positive.
  std::vector<env::PolicyEntry> policy;
  std::vector<std::int8_t> ownership;  ///< Empty: unknown or none.
  float score = 0;
  bool score_known = false;  ///< The rules scored the end; a judge leaves it open.

  double weight() const { return rows.empty() ? 0 : rows.back().weight_end; }
  /// The position before `step`, which is at most actions.size().
  std::unique_ptr<env::State> StateBefore(const env::Environment& environment,
                                          std::size_t step) const;
  std::span<const env::PolicyEntry> PolicyOf(std::size_t row) const {
    const std::uint32_t begin = row == 0 ? 0 : rows[row - 1].policy_end;
    return std::span(policy).subspan(begin, rows[row].policy_end - begin);
  }
};

/// Replays the whole trajectory; fails with what api/replay.h finds wrong with it first. Target
/// steps of weight 0 are played but make no row.
///
/// A row's value is the episode's outcome when `value_horizon` is 0. Else it is the exponential
/// average of the values that the searches after it found, over about so many decisions, with the
/// outcome behind the last one: TD(lambda) with lambda = 1 - 1 / value_horizon, whose noise does
/// not grow with the length of the episode. REQUIRES: value_horizon >= 0; less than 1 is 1.
Result<CompactEpisode> MakeCompactEpisode(const env::Environment& environment,
                                          const env::Trajectory& trajectory, double value_horizon);

}  // namespace tesuji::learner
