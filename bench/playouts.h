// How fast random playouts of Go are.
// Thread-safety: a free function; measures the calling thread's core.
#pragma once

#include <chrono>

#include "bench/figure.h"

namespace tesuji::bench {

void BenchPlayouts(int board, std::chrono::milliseconds duration, const ShowFigure& show);

}  // namespace tesuji::bench
