// How fast walks are: for `tesuji bench matmul`.
// Thread-safety: a free function; measures the calling thread's core.
#pragma once

#include <chrono>
#include <cstdint>

#include "env/matmul/format.h"

namespace tesuji::bench {

struct WalkSpeed {
  double flips_per_second = 0;
  double refused_fraction = 0;      ///< Of the flips: they would have left the ring.
  double reference_per_second = 0;  ///< Random reads of a 64 KiB table in the same run, for scale.
  int rank = 0;                     ///< At the end.
};

/// Walks from the standard scheme of `format` for about `duration` (half as long again in all).
/// REQUIRES: CheckFormat(format).
WalkSpeed BenchWalk(const env::matmul::Format& format, env::matmul::Ring ring,
                    std::chrono::duration<double> duration, std::uint64_t seed);

}  // namespace tesuji::bench
