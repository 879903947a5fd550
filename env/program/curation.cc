// What datasets ask of programs: see api/dataset_hooks.h.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "env/program/language/behaviour.h"
#include "env/program/language/normal_form.h"
#include "env/program/language/print_cpp.h"
#include "env/program/language/renaming.h"
#include "env/program/program_environment.h"
#include "env/program/tasks/held_out.h"
#include "env/program/tasks/near_miss.h"
#include "env/program/tasks/standard_io.h"

namespace tesuji::env::program {
namespace {

std::optional<Program> ReadProgram(std::string_view artifact) {
  auto read = ParseArtifact(artifact);
  if (!read) return std::nullopt;
  Program program = read->task.EmptyProgram();
  program.code = std::move(read->code);
  if (!CheckProgram(program)) return std::nullopt;
  return program;
}

std::string InputsInWords(const Signature& signature) {
  std::string text;
  for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
    if (i > 0) text += i + 1 == signature.inputs.size() ? " and " : ", ";
    const bool is_list = signature.inputs[i] == Type::kList;
    text += fmt::format("{} {}", is_list ? "a list" : "a number",
                        Of(signature.VariableOf(static_cast<int>(i))).name);
  }
  return text;
}

std::string ExamplesInWords(const ProgramTask& task) {
  std::string text;
  for (const Example& example : task.seen) {
    for (std::size_t i = 0; i < example.input.size(); ++i) {
      text += fmt::format("{}{} = {}", i > 0 ? ", " : "",
                          Of(task.signature.VariableOf(static_cast<int>(i))).name,
                          ToJson(example.input[i]).dump());
    }
    text += fmt::format(" -> {}\n", ToJson(example.output).dump());
  }
  return text;
}

std::string Fenced(const std::string& cpp) { return "```cpp\n" + cpp + "```\n"; }

}  // namespace

Json ProgramEnvironment::TaskIdentity(const Task& task) const {
  const auto read = TaskFromJson(task.parameters, "task");
  return read ? ExamplesIdentity(read->signature, read->seen) : Json();
}

CurationText ProgramEnvironment::DescribeForCuration(const State& finished) const {
  const auto program = ReadProgram(finished.Artifact());
  if (!program) return {};
  CurationText text;
  text.canonical = NormalForm(*program);
  text.document = text.canonical;
  text.behaviour = BehaviourOf(*program);
  return text;
}

TaskText ProgramEnvironment::DescribeTask(const Task& task, const Json& evidence) const {
  const auto read = TaskFromJson(task.parameters, "task");
  if (!read) return {};
  const bool gives_list = read->signature.output == Type::kList;
  const std::string examples = ExamplesInWords(*read);
  TaskText text;
  text.prompt = fmt::format(
      "Find the function that maps {} to {} in every example, and write a C++ program that "
      "computes it.\n\nStandard input: {}; a list comes as its length and its numbers. Standard "
      "output: {}.\n\n{}",
      InputsInWords(read->signature), gives_list ? "a list" : "a number",
      InputsInWords(read->signature), gives_list ? "the numbers of the list" : "the number",
      examples);
  text.steps_prompt = fmt::format(
      "Build the expression that maps {} to {} in every example. Each step names the production "
      "that fills the leftmost hole.\n\n{}",
      InputsInWords(read->signature), gives_list ? "a list" : "a number", examples);
  Json inputs = Json::array();
  Json outputs = Json::array();
  const auto add = [&](const std::vector<Example>& list) {
    for (const Example& example : list) {
      inputs.push_back(StandardInput(example.input));
      outputs.push_back(StandardOutput(example.output));
    }
  };
  add(read->seen);
  if (evidence.is_object() && evidence.contains("unseen")) {
    Json whole = task.parameters;
    whole["unseen"] = evidence["unseen"];
    if (const auto with_unseen = TaskFromJson(whole, "evidence")) add(with_unseen->unseen);
  }
  text.ground_truth = Json{{"inputs", inputs}, {"outputs", outputs}}.dump();
  text.ability = "code";
  // The name under which verl runs code on standard input and output.
  text.data_source = "codecontests";
  return text;
}

std::string ProgramEnvironment::AnswerText(const std::string& artifact) const {
  const auto program = ReadProgram(artifact);
  return program ? Fenced(ToCpp(*program)) : std::string();
}

WorseAnswer ProgramEnvironment::NearMiss(const Task& task, const std::string& artifact) const {
  const auto read = TaskFromJson(task.parameters, "task");
  const auto program = ReadProgram(artifact);
  if (!read || !program) return {};
  const auto miss = FindNearMiss(*program, read->seen);
  if (!miss) return {};
  return {Fenced(ToCpp(miss->program)),
          fmt::format("answers {} of {} examples: {} for {}", miss->right, read->seen.size(),
                      ToReadableText(miss->program), ToReadableText(*program))};
}

std::unique_ptr<HeldOutTasks> ProgramEnvironment::ReadHeldOut(
    const std::vector<HeldOutEntry>& entries) const {
  return MakeHeldOut(entries);
}

}  // namespace tesuji::env::program
