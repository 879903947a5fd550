#include "verifier/problem/task_file.h"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "core/files.h"
#include "core/untrusted_json.h"
#include "verifier/problem/answer_text.h"
#include "verifier/problem/formats/formats.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

using Visit = std::function<Status(const TaskRow&)>;

Status ForEachElement(const std::string& name, const std::string& text, const Visit& visit) {
  const auto list = ParseUntrustedJson(text);
  if (!list) return Fail(fmt::format("{}: {}", name, list.error().message));
  int number = 0;
  for (const Json& row : *list) {
    const std::string where = fmt::format("{}: row {}", name, ++number);
    if (!row.is_object()) return Fail(where + ": is not a JSON object");
    if (Status visited = visit(TaskRow(row, where, number)); !visited) return visited;
  }
  return {};
}

/// One JSON object a line, blank lines are skipped; or one array of objects.
Status ForEachRow(const std::string& name, const std::string& text, const Visit& visit) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '[') return ForEachElement(name, text, visit);
  int line = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string row = text.substr(at, end - at);
    at = end + 1;
    ++line;
    if (row.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto value = ParseUntrustedJson(row);
    if (!value || !value->is_object()) {
      return Fail(fmt::format("{}:{}: is not a JSON object{}", name, line,
                              value ? "" : ": " + value.error().message));
    }
    const TaskRow task(*value, fmt::format("{}:{}", name, line), line);
    if (Status visited = visit(task); !visited) return visited;
  }
  return {};
}

std::string Keys(const Json& object) {
  std::string keys;
  for (const auto& [key, value] : object.items()) {
    if (keys.size() > 200) return keys + ", …";
    keys += (keys.empty() ? "" : ", ") + key;
  }
  return keys.empty() ? "no keys" : "the keys " + keys;
}

/// The text of an answer, which some programs keep as a list of one.
std::vector<std::string> Solutions(const Json& value) {
  std::vector<std::string> texts;
  for (const Json& text : value.is_array() ? value : Json::array({value})) {
    if (!text.is_string()) return {};
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

bool HoldsTaskRows(const fs::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".jsonl" || extension == ".json" || extension == ".ndjson";
}

Result<JudgeTask> ReadTask(const TaskRow& row) {
  std::string known;
  for (const TaskFormat& format : TaskFormats()) {
    if (format.fits(row)) return format.read(row);
    known += fmt::format("{}{} ({})", known.empty() ? "" : "; ", format.name, format.keys);
  }
  return Fail(fmt::format("{}: has {}, which no task format has. Known are {}", row.where(),
                          Keys(row.json()), known));
}

Result<std::vector<JudgeTask>> ParseTasks(const std::string& text, const std::string& name) {
  std::vector<JudgeTask> tasks;
  std::map<std::string, std::string> places;  // By id.
  Status read = ForEachRow(name, text, [&](const TaskRow& row) -> Status {
    auto task = ReadTask(row);
    if (!task) return tl::unexpected(task.error());
    if (const auto [same, fresh] = places.emplace(task->id, row.where()); !fresh) {
      const std::string before = same->second.substr(name.size() + 1);
      return Fail(fmt::format("{}: the task_id '{}' is that of line {} too", row.where(), task->id,
                              before));
    }
    tasks.push_back(std::move(*task));
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  if (tasks.empty()) return Fail(name + ": holds no tasks");
  return tasks;
}

Result<std::vector<JudgeTask>> LoadTasks(const fs::path& file) {
  const auto text = ReadFile(file);
  if (!text) return tl::unexpected(text.error());
  return ParseTasks(*text, file.string());
}

Result<std::vector<FunctionSubmission>> ParseAnswers(const std::string& text,
                                                     const std::string& name) {
  std::vector<FunctionSubmission> answers;
  Status read = ForEachRow(name, text, [&](const TaskRow& row) -> Status {
    const bool named = row.Has("task_id");
    if (!named && !row.Has("name") && !row.Has("question_id") && !row.Has("problem_id") &&
        !row.Has("id") && !row.Has("index")) {
      return row.Wrong("task_id", "is missing: it names the task that is answered");
    }
    FunctionSubmission answer;
    answer.task_id = row.Id({"task_id", "question_id", "problem_id", "id", "index", "name"});
    answer.name = row.where().substr(row.where().rfind('/') + 1);
    if (named && row.json().contains("name") && row.json()["name"].is_string()) {
      answer.name = row.json()["name"];
    }
    if (const std::string language = row.TextOr({"language"}); !language.empty()) {
      answer.language = LanguageIdOf(language);
      if (answer.language.empty()) answer.language = language;
    }
    for (const char* key :
         {"solution", "canonical_solution", "generation", "completion", "answer", "response",
          "code", "output", "completions", "code_list", "solutions"}) {
      if (!row.Has(key)) continue;
      const std::vector<std::string> texts = Solutions(row.json()[key]);
      if (texts.empty()) return row.Wrong(key, "must be a string or a list of strings");
      for (std::size_t i = 0; i < texts.size(); ++i) {
        FunctionSubmission one = answer;
        if (texts.size() > 1) one.name += fmt::format("#{}", i + 1);
        one.solution = texts[i];
        answers.push_back(std::move(one));
      }
      return {};
    }
    return row.Wrong("solution", "is missing: a string with the answer is expected");
  });
  if (!read) return tl::unexpected(read.error());
  if (answers.empty()) return Fail(name + ": holds no submissions");
  return answers;
}

Result<std::vector<FunctionSubmission>> LoadAnswers(const fs::path& file) {
  const auto text = ReadFile(file);
  if (!text) return tl::unexpected(text.error());
  return ParseAnswers(*text, file.string());
}

}  // namespace tesuji::verifier
