// How fast the forward pass is on this machine, one core: what bench/evaluator.h cannot measure
// without LibTorch.
// Thread-safety: one call at a time.
#pragma once

#include <chrono>

#include "api/environment.h"
#include "learner/model.h"

namespace tesuji::learner {

struct EvaluatorBenchOptions {
  NetworkConfig network;
  int batch = 32;
  std::chrono::milliseconds duration{5000};
};

struct EvaluatorBenchResult {
  double positions_per_second = 0;
  double gflops = 0;       ///< Of the network's convolutions, heads included in the time only.
  double bare_gflops = 0;  ///< Of a lone 3x3 convolution of the trunk's shape, in the same run.
};

/// The forward pass on encoded positions, one thread, on the CPU.
EvaluatorBenchResult BenchEvaluator(const env::Environment& environment,
                                    const EvaluatorBenchOptions& options);

}  // namespace tesuji::learner
