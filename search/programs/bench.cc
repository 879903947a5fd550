#include "search/programs/bench.h"

#include "env/program/dream.h"
#include "search/programs/enumerate.h"

namespace tesuji::search::programs {

using namespace env::program;

ProgramBench BenchPrograms(std::chrono::milliseconds duration) {
  ProgramBench bench;
  using Clock = std::chrono::steady_clock;
  RandomStream random(17);
  std::int64_t candidates = 0;
  double seconds = 0;
  const auto end = Clock::now() + duration / 2;
  while (Clock::now() < end) {
    Dream dream = DreamTask({}, &random);
    // An answer that no program gives keeps the search going.
    dream.task.seen[0].output.list = {31337, 4711, 65537};
    const Costs costs(Costs::UniformWeights(), dream.task.EmptyProgram().vocabulary());
    const auto result =
        Enumerate(dream.task, costs, {.candidates = 1'000'000, .time = duration / 2});
    candidates += result.candidates;
    seconds += result.seconds;
  }
  bench.candidates_per_second = static_cast<double>(candidates) / seconds;
  std::vector<Dream> dreams;
  for (int i = 0; i < 200; ++i) dreams.push_back(DreamTask({}, &random));
  Runner runner;
  std::int64_t runs = 0;
  const auto start = Clock::now();
  do {
    for (const Dream& dream : dreams)
      runs += CountRight(&runner, dream.program, dream.task.seen) / 8;
  } while (Clock::now() - start < duration / 2);
  bench.runs_per_second =
      static_cast<double>(runs) / std::chrono::duration<double>(Clock::now() - start).count();
  return bench;
}

}  // namespace tesuji::search::programs
