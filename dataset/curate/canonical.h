// Identities of episodes and positions that do not depend on how the board was turned.
//
// An episode's images are what spec().symmetries make of it; only symmetries that leave its start
// as it is count, so that two different set-ups are never taken for one. Rules, task and handicap
// are part of every key. A position's key is the smallest fingerprint of its images: equal keys
// mean equal stones, ko, komi, last moves and player, up to a symmetry.
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "core/key128.h"
#include "core/result.h"

namespace tesuji::dataset {

struct CanonicalEpisode {
  Key128 key;                            ///< Of rules, task and `actions`.
  Key128 task;                           ///< Of rules and task.
  Key128 opening;                        ///< Of the position after the opening moves.
  std::vector<env::Action> actions;      ///< The image that comes first in dictionary order.
  std::vector<std::uint64_t> positions;  ///< Key of the position before each step.
};

/// Fails when an action is not legal, or the task unknown. `end` gets the last state when not null.
Result<CanonicalEpisode> Canonicalise(const env::Environment& environment,
                                      const env::Trajectory& trajectory, int opening_moves,
                                      std::unique_ptr<env::State>* end);

/// The symmetries that leave `start` as it is: indices into spec().symmetries, the identity first.
std::vector<std::size_t> StartSymmetries(const env::Environment& environment,
                                         const env::State& start);

/// The key of rules and task.
Key128 TaskKey(const env::Environment& environment, const env::Task& task);

}  // namespace tesuji::dataset
