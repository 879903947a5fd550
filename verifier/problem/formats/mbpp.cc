// MBPP and MBPP+: a sentence that asks for a Python function, and assertions one by one; MBPP+ adds
// a program with more of them.
#include <fmt/format.h>

#include "verifier/problem/formats/formats.h"
#include "verifier/problem/script_function.h"

namespace tesuji::verifier {
namespace {

bool FitsMbpp(const TaskRow& row) { return row.Has("test_list"); }

Result<JudgeTask> ReadMbpp(const TaskRow& row) {
  JudgeTask task = row.Begin("MBPP", {"task_id", "name", "id"});
  auto asserts = Texts(row, "test_list", row.json()["test_list"]);
  if (!asserts) return tl::unexpected(asserts.error());
  FunctionTask work;
  work.language = "python3";
  if (row.Has("test_imports")) {
    auto imports = Texts(row, "test_imports", row.json()["test_imports"]);
    if (!imports) return tl::unexpected(imports.error());
    for (const std::string& line : *imports) work.test += line + "\n";
  }
  work.test += row.TextOr({"test_setup_code"});
  task.canonical = row.TextOr({"code", "canonical_solution"});
  work.entry_point = row.TextOr({"entry_point"});
  if (work.entry_point.empty()) work.entry_point = EntryOfPrompt(task.canonical, work.language);
  for (const std::string& text : *asserts) {
    work.checks.push_back({fmt::format("assert {}", work.checks.size() + 1), text});
  }
  // MBPP+ has many more tests as a program. Without them wrong answers would pass.
  if (const std::string more = row.TextOr({"test"}); !more.empty()) {
    work.checks.push_back({"test", more});
  }
  if (work.checks.empty()) task.refusal = "'test_list' is empty: nothing tests an answer";
  FinishFunctionTask(std::move(work), &task);
  return task;
}

}  // namespace

TaskFormat MbppFormat() { return {"MBPP", "test_list", FitsMbpp, ReadMbpp}; }

}  // namespace tesuji::verifier
