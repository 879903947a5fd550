// What a learned flip policy is worth: searches with it against the walk that makes every flip,
// seed by seed. Thread-safety: one caller; starts options.search.workers threads.
#pragma once

#include <functional>

#include "bench/figure.h"
#include "core/result.h"
#include "env/matmul/discover.h"
#include "env/matmul/flip_policy.h"

namespace tesuji::bench {

struct FlipsBenchOptions {
  env::matmul::DiscoverOptions search;  ///< REQUIRES: target_rank > 0, max_flips > 0.
  env::matmul::FlipPolicy policy;
  int seeds = 10;
  std::function<void(int done)> progress = {};  ///< Seeds searched both ways. May be empty.
};

Status BenchFlips(const FlipsBenchOptions& options, const ShowFigure& show);

}  // namespace tesuji::bench
