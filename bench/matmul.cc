#include "bench/matmul.h"

#include <limits>
#include <vector>

#include "env/matmul/walk.h"

namespace tesuji::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

// env::matmul::Dependent loads over a table of the size of a walk's own index: what this core does
// at best.
double ReadsPerSecond(std::chrono::duration<double> duration) {
  std::vector<std::uint32_t> table(1U << 14);
  std::uint32_t x = 1;
  for (std::uint32_t& entry : table) entry = x = x * 1664525U + 1013904223U;
  const auto start = Clock::now();
  std::int64_t reads = 0;
  std::uint32_t at = 0;
  while (Seconds(start) < duration.count()) {
    for (int i = 0; i < 4096; ++i) at = table[(at ^ static_cast<std::uint32_t>(i)) >> 18];
    reads += 4096;
  }
  // The last value must count, or the loop is removed.
  return static_cast<double>(reads + (at & 1U)) / Seconds(start);
}

}  // namespace

WalkSpeed BenchWalk(const env::matmul::Format& format, env::matmul::Ring ring,
                    std::chrono::duration<double> duration, std::uint64_t seed) {
  const auto start = Clock::now();
  env::matmul::WalkOptions options;
  options.flips = std::numeric_limits<std::int64_t>::max() / 2;
  options.plus_after = 2'000;
  options.band = 4;
  options.stop = [&] { return Seconds(start) >= duration.count(); };
  const env::matmul::WalkResult walked =
      env::matmul::Walk(env::matmul::StandardScheme(format, ring), options, RandomStream({seed}));
  const double seconds = Seconds(start);
  const auto flips = static_cast<double>(walked.flips);
  return {.flips_per_second = flips / seconds,
          .refused_fraction = static_cast<double>(walked.refused) / flips,
          .reference_per_second = ReadsPerSecond(duration / 2),
          .rank = walked.scheme.rank()};
}

}  // namespace tesuji::bench
