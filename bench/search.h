// How much the search itself costs: simulations a second when evaluations are free.
// What is measured contains the environment's own work (clone, apply, legal actions).
// Thread-safety: free functions; each call runs on the caller's thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "api/environment.h"
#include "bench/figure.h"
#include "search/options.h"

namespace tesuji::bench {

struct SearchBenchOptions {
  search::SearchOptions search;
  std::chrono::milliseconds duration{3000};
  std::uint64_t seed = 1;
};

struct SearchBenchResult {
  double simulations_per_second = 0;
  double evaluations_per_second = 0;
  double moves_per_second = 0;
  double mean_depth = 0;  ///< Actions from the root to an evaluated leaf.
  /// The same clones, moves and lists of legal actions without any tree: what of a simulation's
  /// time is the environment's.
  double environment_microseconds = 0;
  double microseconds_per_simulation = 0;
};

/// Plays whole episodes from the environment's start, one search a move, until time is up.
SearchBenchResult BenchSearchOverhead(const env::Environment& environment,
                                      const SearchBenchOptions& options);

/// The same as figures.
void BenchSearch(const env::Environment& environment, const SearchBenchOptions& options,
                 const ShowFigure& show);

}  // namespace tesuji::bench
