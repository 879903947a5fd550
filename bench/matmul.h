// How fast walks over schemes of matrix multiplication are.
// Thread-safety: a free function; measures the calling thread's core.
#pragma once

#include <chrono>
#include <cstdint>

#include "bench/figure.h"
#include "env/matmul/format.h"

namespace tesuji::bench {

struct MatmulBenchOptions {
  env::matmul::Format format;  ///< REQUIRES: CheckFormat(format).
  env::matmul::Ring ring = env::matmul::Ring::kZ2;
  std::chrono::duration<double> duration{
      5};  ///< Of the walk; half as long again for the reference.
  std::uint64_t seed = 1;
};

/// Walks from the standard scheme.
void BenchMatmul(const MatmulBenchOptions& options, const ShowFigure& show);

}  // namespace tesuji::bench
