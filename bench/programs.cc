#include "bench/programs.h"

#include "env/program/enumerate/enumerate.h"
#include "env/program/tasks/dream.h"

namespace tesuji::bench {

using namespace env::program;

ProgramBench BenchPrograms(std::chrono::milliseconds duration) {
  ProgramBench bench;
  using Clock = std::chrono::steady_clock;
  RandomStream random(17);
  std::int64_t candidates = 0;
  double seconds = 0;
  const auto end = Clock::now() + duration / 2;
  while (Clock::now() < end) {
    env::program::Dream dream = env::program::DreamTask({}, &random);
    // An answer that no program gives keeps the search going.
    dream.task.seen[0].output.list = {31337, 4711, 65537};
    const env::program::enumerate::Costs costs(env::program::enumerate::Costs::UniformWeights(),
                                               dream.task.EmptyProgram().vocabulary());
    const auto result = env::program::enumerate::Enumerate(
        dream.task, costs, {.candidates = 1'000'000, .time = duration / 2});
    candidates += result.candidates;
    seconds += result.seconds;
  }
  bench.candidates_per_second = static_cast<double>(candidates) / seconds;
  std::vector<env::program::Dream> dreams;
  for (int i = 0; i < 200; ++i) dreams.push_back(env::program::DreamTask({}, &random));
  env::program::Runner runner;
  std::int64_t runs = 0;
  const auto start = Clock::now();
  do {
    for (const env::program::Dream& dream : dreams)
      runs += env::program::CountRight(&runner, dream.program, dream.task.seen) / 8;
  } while (Clock::now() - start < duration / 2);
  bench.runs_per_second =
      static_cast<double>(runs) / std::chrono::duration<double>(Clock::now() - start).count();
  return bench;
}

}  // namespace tesuji::bench
