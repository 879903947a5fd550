#include "env/program/evaluation.h"

#include <fmt/format.h>

#include <algorithm>

#include "env/program/enumerate/enumerate.h"
#include "env/program/tasks/dream.h"

namespace tesuji::env::program {
namespace {

constexpr std::uint64_t kEvaluationStream = 5;
constexpr int kDreamsToEvaluate = 64;

}  // namespace

Result<std::vector<env::program::ProgramTask>> EvaluationTasks(const ProgramsSection& programs,
                                                               int dream_nodes,
                                                               std::uint64_t seed) {
  if (!programs.evaluation_tasks.empty()) {
    return env::program::LoadTasks(programs.evaluation_tasks);
  }
  std::vector<env::program::ProgramTask> tasks;
  RandomStream random({seed, kEvaluationStream});
  for (int i = 0; i < kDreamsToEvaluate; ++i) {
    env::program::DreamOptions options;
    options.max_nodes = dream_nodes;
    tasks.push_back(env::program::DreamTask(options, &random).task);
    tasks.back().id = fmt::format("evaluation-{}", i);
  }
  return tasks;
}

std::vector<storage::Metric> EvaluatePrograms(const std::vector<env::program::ProgramTask>& tasks,
                                              std::int64_t checkpoint, ProgramGuide* guide,
                                              const ProgramsSection& programs,
                                              const std::function<bool()>& stop) {
  int solved = 0;
  int wrong = 0;
  double bits = 0;
  std::vector<double> candidates;
  env::program::Runner runner;
  for (const auto& task : tasks) {
    if (stop()) return {};
    enumerate::EnumerationOptions options;
    options.candidates = programs.evaluation_candidates;
    options.memory_bytes = static_cast<std::size_t>(programs.memory_mib) << 20;
    const auto result = enumerate::Enumerate(task, guide->CostsFor(task), options);
    if (result.solutions.empty()) continue;
    env::program::Program program = task.EmptyProgram();
    program.code = result.solutions.front().code;
    if (!Answers(&runner, program, task)) {
      ++wrong;
      continue;
    }
    ++solved;
    bits += result.solutions.front().bits;
    candidates.push_back(static_cast<double>(result.candidates));
  }
  std::vector<storage::Metric> metrics = {{checkpoint, "tasks", static_cast<double>(tasks.size())},
                                          {checkpoint, "tasks_solved", static_cast<double>(solved)},
                                          {checkpoint, "tasks_wrong", static_cast<double>(wrong)}};
  if (solved > 0) {
    std::ranges::sort(candidates);
    metrics.push_back({checkpoint, "bits_per_program", bits / solved});
    metrics.push_back({checkpoint, "candidates_per_solution", candidates[candidates.size() / 2]});
  }
  return metrics;
}

}  // namespace tesuji::env::program
