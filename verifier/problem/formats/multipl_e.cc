// MultiPL-E: HumanEval and MBPP translated to many languages. `tests` goes on where a completion
// ends, which in C++ is before the function's closing brace.
#include <fmt/format.h>

#include "verifier/problem/formats/formats.h"
#include "verifier/problem/script_function.h"

namespace tesuji::verifier {
namespace {

bool FitsMultiPlE(const TaskRow& row) { return row.Has("tests") && row.Has("prompt"); }

Result<JudgeTask> ReadMultiPlE(const TaskRow& row) {
  JudgeTask task = row.Begin("MultiPL-E", {"task_id", "name"});
  auto prompt = row.Text("prompt");
  if (!prompt) return tl::unexpected(prompt.error());
  auto tests = row.Text("tests");
  if (!tests) return tl::unexpected(tests.error());
  task.canonical = row.TextOr({"canonical_solution", "solution"});
  const std::string named = row.TextOr({"language"});
  FunctionTask work;
  work.language = HarnessLanguage(named, *prompt);
  if (work.language.empty()) {
    task.refusal =
        fmt::format("function tasks in {} are not judged; in cpp, py and js they are", named);
    return task;
  }
  work.prompt = *prompt;
  if (work.language == "cpp17") {
    work.declaration = *prompt;
    const std::size_t first = tests->find_first_not_of(" \t\r\n");
    work.test = first != tests->npos && (*tests)[first] == '}' ? tests->substr(first + 1) : *tests;
  } else {
    work.entry_point = EntryOfPrompt(*prompt, work.language);
    work.checks = {{"assertions", *tests}};
  }
  FinishFunctionTask(std::move(work), &task);
  return task;
}

}  // namespace

TaskFormat MultiPlEFormat() {
  return {"MultiPL-E", "prompt, tests, language", FitsMultiPlE, ReadMultiPlE};
}

}  // namespace tesuji::verifier
