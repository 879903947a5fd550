// How fast a network is trained, on random games and one core.
// Thread-safety: one call at a time.
#pragma once

#include <chrono>

#include "api/environment.h"
#include "bench/figure.h"
#include "core/result.h"
#include "learner/model.h"

namespace tesuji::bench {

struct TrainingBenchOptions {
  learner::NetworkConfig network;
  learner::Device device;
  std::chrono::milliseconds duration{5000};
};

/// REQUIRES: an environment whose episodes the rules score.
Status BenchTraining(const env::Environment& environment, const TrainingBenchOptions& options,
                     const ShowFigure& show);

}  // namespace tesuji::bench
