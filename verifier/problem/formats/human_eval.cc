// HumanEval and HumanEval-X: a prompt that ends where a function's body begins, and code that
// asserts.
#include <fmt/format.h>

#include "verifier/problem/code_text.h"
#include "verifier/problem/cpp_function.h"
#include "verifier/problem/formats/formats.h"
#include "verifier/problem/script_function.h"

namespace tesuji::verifier {
namespace {

bool FitsHumanEval(const TaskRow& row) {
  return row.Has("test") || row.Has("declaration") || row.Has("canonical_solution");
}

bool HasLine(const std::string& code, std::string_view beginning) {
  return code.starts_with(beginning) || code.find(fmt::format("\n{}", beginning)) != code.npos;
}

/// What the row calls its language: a key, or the beginning of "CPP/12". HumanEval has neither.
std::string NamedLanguage(const TaskRow& row, const std::string& id) {
  const std::string named = row.TextOr({"language", "lang"});
  if (!named.empty()) return named;
  const std::string prefix = id.substr(0, id.find('/'));
  for (const char* known : {"CPP", "Python", "JavaScript", "Java", "Go", "Rust"}) {
    if (prefix == known) return known;
  }
  return prefix == "HumanEval" ? "python" : "";
}

Result<JudgeTask> ReadHumanEval(const TaskRow& row) {
  JudgeTask task = row.Begin("HumanEval", {"task_id", "name", "id"});
  FunctionTask work;
  work.prompt = row.TextOr({"prompt"});
  work.declaration = row.TextOr({"declaration"});
  work.entry_point = row.TextOr({"entry_point"});
  task.canonical = row.TextOr({"canonical_solution"});
  auto test = row.Text("test");
  if (!test) return tl::unexpected(test.error());
  if (work.prompt.empty() && work.declaration.empty()) {
    return row.Wrong("prompt", "is missing: a string that ends where the function begins");
  }
  const std::string named = NamedLanguage(row, task.id);
  const std::string head = work.prompt.empty() ? work.declaration : work.prompt;
  work.language =
      !work.entry_point.empty() && named.empty() ? "python3" : HarnessLanguage(named, head);
  if (work.language.empty()) {
    task.refusal = fmt::format(
        "function tasks in {} are not judged; in C++, Python and "
        "JavaScript they are",
        named);
    return task;
  }
  if (work.language == "cpp17") {
    work.test = std::move(*test);
  } else {
    if (work.prompt.empty()) work.prompt = work.declaration;
    if (work.entry_point.empty()) work.entry_point = EntryOfPrompt(work.prompt, work.language);
    if (HasLine(*test, "def check(") && !HasLine(*test, "check(")) {
      *test += fmt::format("\n\ncheck({})\n", work.entry_point);
    }
    work.checks = {{"assertions", std::move(*test)}};
  }
  FinishFunctionTask(std::move(work), &task);
  return task;
}

}  // namespace

TaskFormat HumanEvalFormat() {
  return {"HumanEval, HumanEval-X", "prompt or declaration, test", FitsHumanEval, ReadHumanEval};
}

}  // namespace tesuji::verifier
