// What it costs to decide that an episode is sound (api/replay.h), and how much of it goes into
// reading the artifact back.
// Thread-safety: a free function; measures the calling thread's core.
#pragma once

#include <chrono>

#include "api/environment.h"
#include "bench/figure.h"

namespace tesuji::bench {

struct ReplayBenchOptions {
  int episodes = 32;  ///< Different ones, of random play.
  std::chrono::milliseconds duration{5000};
};

/// REQUIRES: an environment whose episodes the rules score.
void BenchReplay(const env::Environment& environment, const ReplayBenchOptions& options,
                 const ShowFigure& show);

}  // namespace tesuji::bench
