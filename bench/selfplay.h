// How fast self-play is, against the bare evaluator in the same run: the price of search, board,
// encoding and bookkeeping together.
// Thread-safety: one call at a time; starts its own threads.
#pragma once

#include <chrono>
#include <cstdint>

#include "api/environment.h"
#include "learner/model.h"
#include "search/options.h"

namespace tesuji::bench {

struct SelfplayBenchOptions {
  learner::NetworkConfig network;
  search::EpisodeOptions episode;
  int workers = 1;
  int episodes_per_worker = 32;
  std::int64_t cache_entries = 0;
  std::chrono::milliseconds duration{5000};
  std::uint64_t seed = 1;
};

struct SelfplayBenchResult {
  double evaluations_per_second = 0;
  double actions_per_second = 0;
  double episodes_per_second = 0;
  double mean_batch = 0;
};

/// Self-play with an untrained network; nothing is stored.
SelfplayBenchResult BenchSelfplay(const env::Environment& environment,
                                  const SelfplayBenchOptions& options);

/// Positions a second of the bare evaluator on the same network, batch and number of threads,
/// over positions of random games.
double BenchBareEvaluator(const env::Environment& environment, const SelfplayBenchOptions& options);

}  // namespace tesuji::bench
