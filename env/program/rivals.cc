#include "env/program/rivals.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "env/program/enumerate/enumerate.h"
#include "env/program/language/behaviour.h"
#include "env/program/language/normal_form.h"
#include "env/program/tasks/near_miss.h"

namespace tesuji::env::program {
namespace {

constexpr std::size_t kMostRivals = 64;

std::string AnswerOf(Runner* runner, const Program& program, const Input& input) {
  const RunOutcome outcome = runner->Run(program, input);
  return outcome.ending == Ending::kValue ? ToJson(outcome.value).dump() : "no answer";
}

std::size_t SizeOf(const Input& input) {
  std::size_t size = 0;
  for (const Datum& datum : input) size += 1 + datum.list.size();
  return size;
}

/// Programs of few productions that answer the examples, `found` first, no two of one form.
std::vector<Program> Collect(const ProgramTask& task, const Program& found, ProgramGuide* guide,
                             const RivalOptions& options) {
  std::vector<Program> programs{found};
  std::set<std::string> forms{NormalForm(found)};
  const std::size_t longest =
      found.code.size() + static_cast<std::size_t>(options.spare_productions);
  enumerate::EnumerationOptions search;
  search.candidates = options.candidates;
  search.time = options.time;
  search.memory_bytes = options.memory_bytes;
  search.put_together = false;  // What is put together is longer than it need be.
  search.accept = [&](const enumerate::Solution& solution) {
    if (solution.code.size() > longest) return false;
    Program program = task.EmptyProgram();
    program.code = solution.code;
    if (forms.insert(NormalForm(program)).second) programs.push_back(std::move(program));
    return programs.size() >= kMostRivals;
  };
  enumerate::Enumerate(task, guide->CostsFor(task), search);
  // Enumeration keeps one of the terms that are equal on the examples; the others differ from what
  // it found in one production.
  Runner runner;
  const std::size_t enumerated = programs.size();
  for (std::size_t i = 0; i < enumerated; ++i) {
    for (Program& neighbour : Neighbours(programs[i])) {
      if (CountRight(&runner, neighbour, task.seen, false) != static_cast<int>(task.seen.size()) ||
          !forms.insert(NormalForm(neighbour)).second) {
        continue;
      }
      programs.push_back(std::move(neighbour));
    }
  }
  return programs;
}

/// The answers to `input` that differ, the first program's first.
std::vector<RivalAnswer> Answers(const std::vector<Program>& programs, const Input& input) {
  Runner runner;
  std::vector<RivalAnswer> answers;
  std::set<std::string> seen;
  for (const Program& program : programs) {
    std::string output = AnswerOf(&runner, program, input);
    if (seen.insert(output).second) answers.push_back({program, std::move(output)});
  }
  return answers;
}

}  // namespace

std::optional<OpenQuestion> FindOpenQuestion(const ProgramTask& task, const Program& found,
                                             ProgramGuide* guide, const RivalOptions& options) {
  const std::vector<Program> programs = Collect(task, found, guide, options);
  std::vector<Input> inputs = ProbeInputs(task.signature);
  std::ranges::stable_sort(inputs, {}, SizeOf);
  std::optional<OpenQuestion> best;
  for (Input& input : inputs) {
    auto answers = Answers(programs, input);
    // An input that the found program cannot answer asks for nothing.
    if (answers.size() < 2 || answers[0].output == "no answer") continue;
    if (best && answers.size() <= best->answers.size()) continue;
    best = OpenQuestion{std::move(input), std::move(answers)};
    if (static_cast<int>(best->answers.size()) >= options.most_answers) break;
  }
  if (best && static_cast<int>(best->answers.size()) > options.most_answers) {
    best->answers.erase(best->answers.begin() + options.most_answers, best->answers.end());
  }
  return best;
}

}  // namespace tesuji::env::program
