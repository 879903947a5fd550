#include "verifier/problem/function_task.h"

#include <fmt/format.h>

#include <cctype>
#include <functional>

#include "core/files.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

/// One JSON object a line; blank lines are skipped.
Status ForEachLine(const fs::path& file, const std::function<Status(const Json&, int)>& visit) {
  auto text = ReadFile(file);
  if (!text) return tl::unexpected(text.error());
  int line = 0;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    const std::string row = text->substr(at, end - at);
    at = end + 1;
    ++line;
    if (row.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json value = Json::parse(row, nullptr, false);
    if (!value.is_object()) {
      return Fail(fmt::format("{}:{}: is not a JSON object", file.string(), line));
    }
    if (Status visited = visit(value, line); !visited) return visited;
  }
  return {};
}

Status Text(const Json& object, const char* key, const fs::path& file, int line, std::string* out) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return Fail(fmt::format("{}:{}: the string '{}' is missing", file.string(), line, key));
  }
  *out = found->get<std::string>();
  return {};
}

bool IsName(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Splits at commas outside all brackets.
std::vector<std::string> SplitParameters(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (std::string("<([{").find(c) != std::string::npos) ++depth;
    if (std::string(">)]}").find(c) != std::string::npos) --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() == 1 && parts[0].find_first_not_of(" \t\n") == std::string::npos) parts.clear();
  return parts;
}

std::string LastName(const std::string& text) {
  std::size_t end = text.size();
  while (end > 0 && !IsName(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && IsName(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

/// What graders of this format put before every task: solutions rely on it.
constexpr char kUsualIncludes[] =
    "#include <stdlib.h>\n#include <algorithm>\n#include <math.h>\n#include <stdio.h>\n"
    "#include <vector>\n#include <string>\n#include <climits>\n#include <cstring>\n"
    "#include <iostream>\n";

/// `signature` without words that a member function may not have or that change its type.
std::string WithoutSpecifiers(std::string signature) {
  for (bool again = true; again;) {
    again = false;
    signature.erase(0, std::min(signature.find_first_not_of(" \t\r\n"), signature.size()));
    for (const std::string word : {"static", "inline", "extern", "constexpr"}) {
      if (!signature.starts_with(word) || IsName(signature[word.size()])) continue;
      signature.erase(0, word.size());
      again = true;
    }
  }
  return signature;
}

/// The offset of the last line or declaration end before `at`, outside comments as far as lines go.
std::size_t SignatureBegin(const std::string& text, std::size_t at) {
  std::size_t begin = text.find_last_of(";}", at);
  begin = begin == std::string::npos ? 0 : begin + 1;
  // Directives and line comments between there and the signature are not a part of it.
  for (std::size_t line = begin; line < at;) {
    const std::size_t end = std::min(text.find('\n', line), at);
    const std::size_t first = text.find_first_not_of(" \t\r", line);
    const bool blank = first >= end;
    const bool other = !blank && (text[first] == '#' || text.compare(first, 2, "//") == 0);
    if (end < at && (blank || other || line == begin)) {
      if (blank || other) begin = end + 1;
      if (!blank && !other) break;
    } else {
      break;
    }
    line = end + 1;
  }
  const std::size_t comment = text.rfind("*/", at);
  if (comment != std::string::npos && comment >= begin) begin = comment + 2;
  return begin;
}

}  // namespace

Result<std::vector<FunctionTask>> LoadFunctionTasks(const fs::path& file) {
  std::vector<FunctionTask> tasks;
  Status read = ForEachLine(file, [&](const Json& object, int line) -> Status {
    FunctionTask task;
    const std::pair<const char*, std::string*> keys[] = {
        {"task_id", &task.id},
        {"prompt", &task.prompt},
        {"declaration", &task.declaration},
        {"canonical_solution", &task.canonical_solution},
        {"test", &task.test}};
    for (const auto& [key, out] : keys) {
      if (Status got = Text(object, key, file, line, out); !got) return got;
    }
    tasks.push_back(std::move(task));
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  if (tasks.empty()) return Fail(file.string() + ": holds no tasks");
  return tasks;
}

Result<std::vector<FunctionSubmission>> LoadFunctionSubmissions(const fs::path& file) {
  std::vector<FunctionSubmission> submissions;
  Status read = ForEachLine(file, [&](const Json& object, int line) -> Status {
    FunctionSubmission submission;
    if (Status got = Text(object, "task_id", file, line, &submission.task_id); !got) return got;
    const char* key = "solution";
    for (const char* other : {"canonical_solution", "generation", "completion"}) {
      if (!object.contains("solution") && object.contains(other)) key = other;
    }
    if (Status got = Text(object, key, file, line, &submission.solution); !got) return got;
    submission.name = fmt::format("{}:{}", file.filename().string(), line);
    if (object.contains("name") && object["name"].is_string()) submission.name = object["name"];
    submissions.push_back(std::move(submission));
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return submissions;
}

Result<SplitTask> SplitFunctionTask(const FunctionTask& task) {
  const std::string& text = task.declaration;
  const std::size_t brace = text.find_last_not_of(" \t\r\n");
  const auto bad = [&] {
    return Fail(
        fmt::format("{}: the declaration does not end with a function's signature and an "
                    "opening brace",
                    task.id));
  };
  if (brace == std::string::npos || text[brace] != '{') return bad();
  const std::size_t close = text.rfind(')', brace);
  if (close == std::string::npos) return bad();
  std::size_t open = close;
  for (int depth = 0;; --open) {
    depth += text[open] == ')' ? 1 : text[open] == '(' ? -1 : 0;
    if (depth == 0) break;
    if (open == 0) return bad();
  }
  const std::string name = LastName(text.substr(0, open));
  if (name.empty()) return bad();
  const std::size_t begin = SignatureBegin(text, text.rfind(name, open));
  const std::string preamble = text.substr(0, begin);
  const std::string signature = text.substr(begin, brace - begin);
  std::string names;
  for (const std::string& parameter : SplitParameters(text.substr(open + 1, close - open - 1))) {
    const std::string last = LastName(parameter.substr(0, parameter.find('=')));
    if (last.empty()) return bad();
    names += (names.empty() ? "" : ", ") + last;
  }
  // A member's address names one function, whatever else is called like it.
  const std::string member = fmt::format(
      "struct tesuji_signature {{ static {}; }};\ntypedef decltype(&tesuji_signature::{}) "
      "tesuji_function;\n",
      WithoutSpecifiers(signature), name);
  SplitTask split;
  split.candidate_prefix = fmt::format("{}{}\n#include \"tesuji_wire.h\"\n{}{}{{\n", kUsualIncludes,
                                       preamble, member, signature);
  split.candidate_suffix = fmt::format(
      "\n#include \"tesuji_server.h\"\nint main() {{\n"
      "  return "
      "tesuji_harness::Server<tesuji_function>::Run(static_cast<tesuji_function>(&::{}));\n"
      "}}\n",
      name);
  split.tests = fmt::format(
      "{}{}\n#include \"tesuji_wire.h\"\n#include \"tesuji_client.h\"\n{}"
      "{}{{\n  return tesuji_harness::Client<tesuji_function>::Call({});\n}}\n{}\n",
      kUsualIncludes, preamble, member, signature, names, task.test);
  return split;
}

}  // namespace tesuji::verifier
