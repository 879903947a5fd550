// CodeContests: public, private and generated tests, each two lists of texts.
#include <fmt/format.h>

#include "verifier/problem/formats/formats.h"

namespace tesuji::verifier {
namespace {

const char* const kGroups[] = {"public_tests", "private_tests", "generated_tests"};

bool FitsCodeContests(const TaskRow& row) {
  return row.Has("public_tests") || row.Has("private_tests");
}

Status ReadGroup(const TaskRow& row, const char* key, StdioTask* work) {
  auto group = row.Inner(key);
  if (!group) return tl::unexpected(group.error());
  if (group->is_null()) return {};
  const bool whole = group->is_object() && group->contains("input") && group->contains("output");
  if (!whole) return row.Wrong(key, R"(must be {"input": [...], "output": [...]})");
  auto inputs = Texts(row, key, (*group)["input"]);
  if (!inputs) return tl::unexpected(inputs.error());
  auto outputs = Texts(row, key, (*group)["output"]);
  if (!outputs) return tl::unexpected(outputs.error());
  if (inputs->size() != outputs->size()) {
    return row.Wrong(key, fmt::format("has {} inputs and {} outputs: as many are expected",
                                      inputs->size(), outputs->size()));
  }
  const std::string name(key, std::string_view(key).find('_'));
  for (std::size_t i = 0; i < inputs->size(); ++i) {
    work->tests.push_back(
        {fmt::format("{}/{}", name, i + 1), std::move((*inputs)[i]), std::move((*outputs)[i])});
  }
  return {};
}

/// Of the numbered languages, Python 3 and C++ are judged.
void TakeSolution(const TaskRow& row, JudgeTask* task) {
  const auto all = row.Inner("solutions");
  if (!all || !all->is_object() || !all->contains("language") || !all->contains("solution")) return;
  const Json& languages = (*all)["language"];
  const Json& texts = (*all)["solution"];
  if (!languages.is_array() || !texts.is_array()) return;
  for (std::size_t i = 0; i < std::min(languages.size(), texts.size()); ++i) {
    if (!texts[i].is_string() || (languages[i] != 2 && languages[i] != 3)) continue;
    task->canonical = texts[i];
    task->canonical_language = languages[i] == 2 ? "cpp20" : "python3";
    return;
  }
}

Result<JudgeTask> ReadCodeContests(const TaskRow& row) {
  JudgeTask task = row.Begin("CodeContests", {"task_id", "id", "name"});
  StdioTask work;
  for (const char* key : kGroups) {
    if (Status read = ReadGroup(row, key, &work); !read) return tl::unexpected(read.error());
  }
  if (work.tests.empty()) task.refusal = "its lists of tests are empty: nothing tests an answer";
  if (const double seconds = row.Has("time_limit") ? NumberIn(row.json()["time_limit"]) : 0;
      seconds > 0 && seconds <= 1e6) {
    work.time_seconds = seconds;
  }
  if (row.Has("memory_limit_bytes")) {
    const double mib = NumberIn(row.json()["memory_limit_bytes"]) / (1 << 20);
    if (mib >= 1 && mib <= 1 << 20) work.memory_mib = static_cast<std::int64_t>(mib);
  }
  TakeSolution(row, &task);
  task.work = std::move(work);
  return task;
}

}  // namespace

TaskFormat CodeContestsFormat() {
  return {"CodeContests", "public_tests, private_tests", FitsCodeContests, ReadCodeContests};
}

}  // namespace tesuji::verifier
