#include "env/program/tasks/held_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "env/program/language/renaming.h"
#include "env/program/program_environment.h"

namespace tesuji::env::program {
namespace {

constexpr std::int64_t kHeldOutFuel = 2'000'000;

/// (lists, numbers, output type).
using Shape = std::tuple<std::ptrdiff_t, std::ptrdiff_t, Type>;

Shape ShapeOf(const Signature& signature) {
  return {std::ranges::count(signature.inputs, Type::kList),
          std::ranges::count(signature.inputs, Type::kInt), signature.output};
}

struct HeldOutProgram {
  std::string name;
  Signature signature;
  std::vector<Example> examples;  ///< Seen and unseen.
};

class HeldOutPrograms final : public HeldOutTasks {
 public:
  explicit HeldOutPrograms(std::vector<HeldOutProgram> tasks) : tasks_(std::move(tasks)) {
    for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
      const HeldOutProgram& task = tasks_[i];
      by_shape_[ShapeOf(task.signature)].push_back(i);
      for (const Example& example : task.examples) {
        examples_[ExampleText(task.signature, example, kOwnNames)].insert(i);
      }
    }
  }

  std::size_t size() const override { return tasks_.size(); }

  std::optional<HeldOutHit> Find(const State& finished, bool by_behaviour) const override {
    const auto read = ParseArtifact(finished.Artifact());
    if (!read) return std::nullopt;
    if (auto hit = FindExamples(read->task)) return hit;
    if (!by_behaviour) return std::nullopt;
    Program program = read->task.EmptyProgram();
    program.code = read->code;
    if (!CheckProgram(program)) return std::nullopt;
    const auto same_shape = by_shape_.find(ShapeOf(program.signature));
    if (same_shape == by_shape_.end()) return std::nullopt;
    Runner runner(kHeldOutFuel);
    for (const std::uint32_t i : same_shape->second) {
      if (Answers(program, tasks_[i], &runner)) {
        return HeldOutHit{"behaviour", "answers every example of " + tasks_[i].name};
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<HeldOutHit> FindExamples(const ProgramTask& task) const {
    for (const InputNames& names : Renamings(task.signature)) {
      std::map<std::uint32_t, std::size_t> shared;
      for (const Example& example : task.seen) {
        const auto it = examples_.find(ExampleText(task.signature, example, names));
        if (it == examples_.end()) continue;
        for (const std::uint32_t i : it->second) ++shared[i];
      }
      for (const auto& [i, count] : shared) {
        if (2 * count < task.seen.size()) continue;
        return HeldOutHit{"examples", fmt::format("{} of its {} examples are in {}", count,
                                                  task.seen.size(), tasks_[i].name)};
      }
    }
    return std::nullopt;
  }

  static bool Answers(const Program& program, const HeldOutProgram& task, Runner* runner) {
    return std::ranges::any_of(Renamings(program.signature), [&](const InputNames& names) {
      return std::ranges::all_of(task.examples, [&](const Example& example) {
        const RunOutcome outcome = runner->Run(
            program, Rearranged(task.signature, example.input, names, program.signature));
        return outcome.ending == Ending::kValue && outcome.value == example.output;
      });
    });
  }

  std::vector<HeldOutProgram> tasks_;
  std::map<Shape, std::vector<std::uint32_t>> by_shape_;
  std::unordered_map<std::string, std::set<std::uint32_t>> examples_;
};

}  // namespace

std::unique_ptr<HeldOutTasks> MakeHeldOut(const std::vector<HeldOutEntry>& entries) {
  std::vector<HeldOutProgram> tasks;
  for (const HeldOutEntry& entry : entries) {
    auto read = TaskFromJson(entry.value, entry.name);
    if (!read) continue;
    HeldOutProgram task{entry.name, std::move(read->signature), std::move(read->seen)};
    task.examples.insert(task.examples.end(), read->unseen.begin(), read->unseen.end());
    tasks.push_back(std::move(task));
  }
  return std::make_unique<HeldOutPrograms>(std::move(tasks));
}

}  // namespace tesuji::env::program
