// APPS and TACO: inputs and outputs, for standard input and output or, with fn_name, for calls of a
// Python function.
#include <fmt/format.h>

#include "core/untrusted_json.h"
#include "verifier/problem/answer_text.h"
#include "verifier/problem/cpp_function.h"
#include "verifier/problem/formats/formats.h"

namespace tesuji::verifier {
namespace {

bool FitsInputsOutputs(const TaskRow& row) {
  return row.Has("input_output") || (row.Has("inputs") && row.Has("outputs"));
}

/// A value as a line of text: JSON, but strings as they are.
std::string AsText(const Json& value) {
  if (value.is_string()) return value;
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& line : value) text += AsText(line) + "\n";
  return text;
}

Result<Json> Arguments(const Json& input) {
  if (input.is_array()) return input;
  if (!input.is_string()) return Json::array({input});
  Json arguments = Json::array();
  const std::string text = input;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    auto value = ParseUntrustedJson(line);
    if (!value)
      return Fail(fmt::format("holds the line '{}', which is no JSON", line.substr(0, 60)));
    arguments.push_back(std::move(*value));
  }
  return arguments;
}

/// Every value that the format counts as this output.
Json Alternatives(const Json& input, const Json& output) {
  Json all = Json::array({output});
  // APPS wraps some results in a list of one.
  if (output.is_array() && output.size() == 1 && !input.is_string()) all.push_back(output[0]);
  if (!output.is_string() || !input.is_string()) return all;
  const std::string text = output;
  if (auto value = ParseUntrustedJson(text)) return Json::array({*value, output});
  if (text == "True" || text == "False") return Json::array({text == "True", output});
  if (text == "None") return Json::array({nullptr, output});
  return all;
}

/// The first of the solutions that a dataset keeps.
std::string FirstSolution(const TaskRow& row) {
  if (!row.Has("solutions")) return row.TextOr({"canonical_solution", "solution"});
  const auto list = row.Inner("solutions");
  const bool first = list && list->is_array() && !list->empty() && list->front().is_string();
  return first ? list->front().get<std::string>() : "";
}

Result<JudgeTask> ReadInputsOutputs(const TaskRow& row) {
  JudgeTask task = row.Begin("APPS, TACO", {"task_id", "problem_id", "id", "question_id", "name"});
  task.canonical = FirstSolution(row);
  task.canonical_language = "python3";
  const bool inside = row.Has("input_output");
  auto value = inside ? row.Inner("input_output") : Result<Json>(row.json());
  if (!value) return tl::unexpected(value.error());
  if (value->is_null()) {
    task.refusal = "'input_output' is empty: nothing tests an answer";
    return task;
  }
  if (Status filled = FillFromInputsOutputs(row, inside ? "input_output" : "inputs", *value, &task);
      !filled) {
    return tl::unexpected(filled.error());
  }
  if (auto* work = std::get_if<StdioTask>(&task.work)) {
    if (const double seconds = row.Has("time_limit") ? NumberIn(row.json()["time_limit"]) : 0;
        seconds > 0 && seconds <= 1e6) {
      work->time_seconds = seconds;
    }
    if (const double mib = row.Has("memory_limit") ? NumberIn(row.json()["memory_limit"]) : 0;
        mib >= 1 && mib <= 1 << 20) {
      work->memory_mib = static_cast<std::int64_t>(mib);
    }
  }
  return task;
}

Status FillAsserts(const TaskRow& row, const char* key, const Json& asserts, JudgeTask* task) {
  auto texts = Texts(row, key, asserts);
  if (!texts) return tl::unexpected(texts.error());
  FunctionTask work;
  work.language = "python3";
  for (const std::string& text : *texts) {
    work.checks.push_back({fmt::format("assert {}", work.checks.size() + 1), text});
  }
  FinishFunctionTask(std::move(work), task);
  return {};
}

}  // namespace

StdioTest MakeStdioTest(std::size_t index, const Json& input, const Json& output) {
  return {std::to_string(index + 1), AsText(input), AsText(output)};
}

Result<FunctionTask> CallTask(const std::string& entry, const Json& inputs, const Json& outputs) {
  FunctionTask work;
  work.language = "python3";
  work.entry_point = entry;
  work.prelude = kGraderImports;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    auto arguments = Arguments(inputs[i]);
    if (!arguments) {
      return Fail(fmt::format("input {} {}", i + 1, arguments.error().message));
    }
    FunctionCheck check;
    check.name = std::to_string(i + 1);
    check.arguments = std::move(*arguments);
    check.expected = Alternatives(inputs[i], outputs[i]);
    work.checks.push_back(std::move(check));
  }
  return work;
}

Status FillFromInputsOutputs(const TaskRow& row, const char* key, const Json& value,
                             JudgeTask* task) {
  if (!value.is_object()) {
    return row.Wrong(key, R"(must be {"inputs": [...], "outputs": [...]})");
  }
  if (value.contains("assert_case") && !value["assert_case"].empty()) {
    return FillAsserts(row, key, value["assert_case"], task);
  }
  for (const char* name : {"inputs", "outputs"}) {
    if (!value.contains(name) || !value[name].is_array()) {
      return row.Wrong(key, fmt::format("has no list '{}'", name));
    }
  }
  const Json& inputs = value["inputs"];
  const Json& outputs = value["outputs"];
  if (inputs.size() != outputs.size()) {
    return row.Wrong(key, fmt::format("has {} inputs and {} outputs: as many are expected",
                                      inputs.size(), outputs.size()));
  }
  if (inputs.empty()) task->refusal = fmt::format("'{}' is empty: nothing tests an answer", key);
  const std::string entry =
      value.contains("fn_name") && value["fn_name"].is_string() ? value["fn_name"] : "";
  if (entry.empty()) {
    StdioTask work;
    work.prelude = kGraderImports;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      work.tests.push_back(MakeStdioTest(i, inputs[i], outputs[i]));
    }
    task->work = std::move(work);
    return {};
  }
  auto work = CallTask(entry, inputs, outputs);
  if (!work) {
    task->refusal = fmt::format("'{}': {}", key, work.error().message);
    return {};
  }
  const std::string named = row.TextOr({"language"});
  if (!named.empty() && LanguageIdOf(named) == "javascript") work->language = "javascript";
  FinishFunctionTask(std::move(*work), task);
  return {};
}

TaskFormat InputsOutputsFormat() {
  return {"APPS, TACO", "input_output, or inputs and outputs; fn_name", FitsInputsOutputs,
          ReadInputsOutputs};
}

}  // namespace tesuji::verifier
