// Episodes of random legal play with made-up search targets: valid in everything that rules decide,
// so that benchmarks and tests of datasets need neither a network nor a search.
// Thread-safety: a free function.
#pragma once

#include <cstdint>

#include "api/environment.h"
#include "api/trajectory.h"

namespace tesuji::dataset {

struct RandomEpisodeOptions {
  std::uint64_t seed = 1;  ///< Of the "campaign"; with `episode`, unique in a store.
  std::uint64_t episode = 0;
  int policy_entries = 8;   ///< Of each target, at most.
  double target_share = 1;  ///< Of moves that carry a target.
  int max_moves = 0;        ///< Two players only: passes end the game after so many; 0: never.
};

/// REQUIRES: an environment whose episodes end in Phase::kScored.
env::Trajectory RandomEpisode(const env::Environment& environment,
                              const RandomEpisodeOptions& options);

}  // namespace tesuji::dataset
