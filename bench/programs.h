// How fast programs are enumerated and run.
// Thread-safety: a free function; measures the calling thread's core.
#pragma once

#include <chrono>

#include "bench/figure.h"

namespace tesuji::bench {

/// Candidates enumerated and evaluated on 8 examples, against random programs that are each run
/// afresh on 8 examples; each for half of `duration`.
void BenchPrograms(std::chrono::milliseconds duration, const ShowFigure& show);

}  // namespace tesuji::bench
