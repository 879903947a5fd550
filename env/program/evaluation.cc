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

Result<std::vector<ProgramTask>> EvaluationTasks(const ProgramsSection& programs, int dream_nodes,
                                                 std::uint64_t seed) {
  if (!programs.evaluation_tasks.empty()) {
    return LoadTasks(programs.evaluation_tasks);
  }
  std::vector<ProgramTask> tasks;
  RandomStream random({seed, kEvaluationStream});
  for (int i = 0; i < kDreamsToEvaluate; ++i) {
    DreamOptions options;
    options.max_nodes = dream_nodes;
    tasks.push_back(DreamTask(options, &random).task);
    tasks.back().id = fmt::format("evaluation-{}", i);
  }
  return tasks;
}

bool Answers(Runner* runner, const Program& program, const ProgramTask& task) {
  if (program.signature != task.signature) return false;
  const auto all = [&](const std::vector<Example>& examples) {
    return CountRight(runner, program, examples, false) == static_cast<int>(examples.size());
  };
  return all(task.seen) && all(task.unseen);
}

std::vector<Figure> EvaluatePrograms(const std::vector<ProgramTask>& tasks, ProgramGuide* guide,
                                     const ProgramsSection& programs,
                                     const std::function<bool()>& stop) {
  int solved = 0;
  int wrong = 0;
  double bits = 0;
  std::vector<double> candidates;
  Runner runner;
  for (const auto& task : tasks) {
    if (stop()) return {};
    enumerate::EnumerationOptions options;
    options.candidates = programs.evaluation_candidates;
    options.memory_bytes = static_cast<std::size_t>(programs.memory_mib) << 20;
    const auto result = enumerate::Enumerate(task, guide->CostsFor(task), options);
    if (result.solutions.empty()) continue;
    Program program = task.EmptyProgram();
    program.code = result.solutions.front().code;
    if (!Answers(&runner, program, task)) {
      ++wrong;
      continue;
    }
    ++solved;
    bits += result.solutions.front().bits;
    candidates.push_back(static_cast<double>(result.candidates));
  }
  std::vector<Figure> figures = {{"tasks", static_cast<double>(tasks.size())},
                                 {"tasks_solved", static_cast<double>(solved)},
                                 {"tasks_wrong", static_cast<double>(wrong)}};
  if (solved > 0) {
    std::ranges::sort(candidates);
    figures.push_back({"bits_per_program", bits / solved});
    figures.push_back({"candidates_per_solution", candidates[candidates.size() / 2]});
  }
  return figures;
}

}  // namespace tesuji::env::program
