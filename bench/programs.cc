#include "bench/programs.h"

#include <vector>

#include "bench/clock.h"
#include "core/random.h"
#include "env/program/enumerate/enumerate.h"
#include "env/program/tasks/dream.h"

namespace tesuji::bench {
namespace {

namespace program = env::program;

double CandidatesPerSecond(std::chrono::milliseconds duration, RandomStream* random) {
  std::int64_t candidates = 0;
  double seconds = 0;
  const auto end = Clock::now() + duration;
  while (Clock::now() < end) {
    program::Dream dream = program::DreamTask({}, random);
    // An answer that no program gives keeps the search going.
    dream.task.seen[0].output.list = {31337, 4711, 65537};
    const program::enumerate::Costs costs(program::enumerate::Costs::UniformWeights(),
                                          dream.task.EmptyProgram().vocabulary());
    const auto result = program::enumerate::Enumerate(dream.task, costs,
                                                      {.candidates = 1'000'000, .time = duration});
    candidates += result.candidates;
    seconds += result.seconds;
  }
  return static_cast<double>(candidates) / seconds;
}

double RunsPerSecond(std::chrono::milliseconds duration, RandomStream* random) {
  std::vector<program::Dream> dreams;
  for (int i = 0; i < 200; ++i) dreams.push_back(program::DreamTask({}, random));
  program::Runner runner;
  std::int64_t runs = 0;
  const auto start = Clock::now();
  do {
    for (const program::Dream& dream : dreams) {
      runs += program::CountRight(&runner, dream.program, dream.task.seen) / 8;
    }
  } while (Clock::now() - start < duration);
  return static_cast<double>(runs) / SecondsSince(start);
}

}  // namespace

void BenchPrograms(std::chrono::milliseconds duration, const ShowFigure& show) {
  RandomStream random(17);
  const double candidates = CandidatesPerSecond(duration / 2, &random);
  const double runs = RunsPerSecond(duration / 2, &random);
  show({"program candidates on 8 examples", candidates, "candidates/s per core", runs,
        "programs run afresh on 8 examples"});
}

}  // namespace tesuji::bench
