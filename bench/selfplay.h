// How fast self-play is, against the bare evaluator in the same run: the price of search, board,
// encoding and bookkeeping together.
// Thread-safety: one call at a time; starts its own threads.
#pragma once

#include <chrono>
#include <cstdint>

#include "api/environment.h"
#include "bench/figure.h"
#include "learner/model.h"
#include "search/episode_plan.h"

namespace tesuji::bench {

struct SelfplayBenchOptions {
  search::EpisodePlan plan;
  learner::NetworkConfig network{};
  learner::Device device{};
  int workers = 1;
  int episodes_per_worker = 32;
  std::int64_t cache_entries = 0;
  std::chrono::milliseconds duration{5000};
  std::uint64_t seed = 1;
};

/// Self-play with an untrained network, which stores nothing.
void BenchSelfplay(const env::Environment& environment, const SelfplayBenchOptions& options,
                   const ShowFigure& show);

/// What a second worker adds: `options.workers` is not looked at.
void BenchWorkers(const env::Environment& environment, SelfplayBenchOptions options,
                  const ShowFigure& show);

}  // namespace tesuji::bench
