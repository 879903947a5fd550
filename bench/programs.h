// How fast programs are enumerated and run: what `tesuji bench programs` prints.
// Thread-safety: free function.
#pragma once

#include <chrono>

namespace tesuji::bench {

struct ProgramBench {
  double candidates_per_second = 0;  ///< Enumerated and evaluated on 8 examples, one core.
  double runs_per_second = 0;        ///< Random programs, each run afresh on 8 examples.
};

ProgramBench BenchPrograms(std::chrono::milliseconds duration);

}  // namespace tesuji::bench
