// The producer of matrix multiplication schemes: one search over the flip graph (scheme_search.h)
// on all threads of the campaign. Each scheme of lower rank than any before is an episode, kept as
// a trajectory that can be walked again (trajectories.h). Nothing is learned from them.
//
// The search in progress is the episode in flight: a campaign that was stopped goes on with it; one
// that was killed starts from the store's best schemes.
// Thread-safety: free functions. A FlipOutcome is written by the campaign's worker.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "api/registry.h"
#include "env/matmul/discover.h"
#include "env/matmul/matmul_environment.h"

namespace tesuji::env::matmul {

/// What a run came to.
struct FlipOutcome {
  int rank = 0;  ///< Best of all, stored ones included.
  std::vector<Scheme> best;
  std::int64_t flips = 0;      ///< Of this run.
  double seconds_to_best = 0;  ///< Until its last improvement was found.
  int stored = 0;              ///< Improvements of this run.
  bool reached_target = false;
};

/// `options.start` empty: from the store's best. `outcome` may be null; borrowed.
std::unique_ptr<Producer> MakeFlipProducer(const MatmulEnvironment& environment,
                                           const DiscoverOptions& options, FlipOutcome* outcome);

/// Section [flips] for environment "matmul", chosen by `walk`.
ProducerFactory FlipWalksFactory();

}  // namespace tesuji::env::matmul
