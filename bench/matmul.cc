#include "bench/matmul.h"

#include <fmt/format.h>

#include <limits>
#include <vector>

#include "bench/clock.h"
#include "env/matmul/walk.h"

namespace tesuji::bench {
namespace {

/// Dependent loads over a table of the size of a walk's own index: what this core does at
/// best.
double ReadsPerSecond(std::chrono::duration<double> duration) {
  std::vector<std::uint32_t> table(1U << 14);
  std::uint32_t x = 1;
  for (std::uint32_t& entry : table) entry = x = x * 1664525U + 1013904223U;
  const auto start = Clock::now();
  std::int64_t reads = 0;
  std::uint32_t at = 0;
  while (SecondsSince(start) < duration.count()) {
    for (int i = 0; i < 4096; ++i) at = table[(at ^ static_cast<std::uint32_t>(i)) >> 18];
    reads += 4096;
  }
  // The last value must count, or the loop is removed.
  return static_cast<double>(reads + (at & 1U)) / SecondsSince(start);
}

}  // namespace

void BenchMatmul(const MatmulBenchOptions& options, const ShowFigure& show) {
  const auto start = Clock::now();
  env::matmul::WalkOptions walk;
  walk.flips = std::numeric_limits<std::int64_t>::max() / 2;
  walk.plus_after = 2'000;
  walk.band = 4;
  walk.stop = [&] { return SecondsSince(start) >= options.duration.count(); };
  const env::matmul::WalkResult walked =
      env::matmul::Walk(env::matmul::StandardScheme(options.format, options.ring), walk,
                        RandomStream({options.seed}));
  const double seconds = SecondsSince(start);
  const auto flips = static_cast<double>(walked.flips);
  show({fmt::format("flips of {} over {}", options.format.ToText(),
                    env::matmul::RingName(options.ring)),
        flips / seconds, "flips/s per core", ReadsPerSecond(options.duration / 2),
        "dependent reads of 64 KiB"});
  if (walked.refused > 0) {
    show({"flips that left the ring",
          static_cast<double>(walked.refused) / flips,
          "of all",
          {},
          {}});
  }
}

}  // namespace tesuji::bench
