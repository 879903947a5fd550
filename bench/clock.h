// The clock of all benchmarks.
#pragma once

#include <chrono>

namespace tesuji::bench {

using Clock = std::chrono::steady_clock;

inline double Seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}
inline double SecondsSince(Clock::time_point start) { return Seconds(Clock::now() - start); }

}  // namespace tesuji::bench
