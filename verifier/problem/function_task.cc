#include "verifier/problem/function_task.h"

#include <fmt/format.h>

#include <cctype>
#include <functional>
#include <map>

#include "core/files.h"
#include "core/json.h"
#include "core/untrusted_json.h"

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
    const auto value = ParseUntrustedJson(row);
    if (!value || !value->is_object()) {
      return Fail(fmt::format("{}:{}: is not a JSON object{}", file.string(), line,
                              value ? "" : ": " + value.error().message));
    }
    if (Status visited = visit(*value, line); !visited) return visited;
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

/// `text` with comments, and on demand quoted text and directives, as blanks of the same length.
/// The line's end of a directive becomes a ';', so that it bounds what follows.
std::string Blanked(const std::string& text, bool all) {
  std::string out = text;
  const auto blank = [&out](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && i < out.size(); ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  };
  bool line_start = true;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (text.compare(at, 2, "//") == 0) {
      end = std::min(text.find('\n', at), text.size());
      blank(at, end);
    } else if (text.compare(at, 2, "/*") == 0) {
      end = std::min(text.find("*/", at + 2), text.size() - 2) + 2;
      blank(at, end);
    } else if (c == '"' || c == '\'') {
      while (end < text.size() && text[end] != c && text[end] != '\n')
        end += text[end] == '\\' ? 2 : 1;
      ++end;
      if (all) blank(at, end);
    } else if (c == '#' && line_start) {
      end = std::min(text.find('\n', at), text.size());
      if (all) {
        blank(at, end);
        if (end < text.size()) out[end] = ';';
      }
    }
    for (std::size_t i = at; i < end && i < text.size(); ++i) {
      if (text[i] == '\n')
        line_start = true;
      else if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
        line_start = false;
    }
    at = end;
  }
  return out;
}

}  // namespace

Result<std::vector<FunctionTask>> LoadFunctionTasks(const fs::path& file) {
  std::vector<FunctionTask> tasks;
  std::map<std::string, int> lines;  // By task_id.
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
    if (const auto [same, fresh] = lines.emplace(task.id, line); !fresh) {
      return Fail(fmt::format("{}:{}: the task_id '{}' is that of line {} too", file.string(), line,
                              task.id, same->second));
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
  if (submissions.empty()) return Fail(file.string() + ": holds no submissions");
  return submissions;
}

Result<SplitTask> SplitFunctionTask(const FunctionTask& task) {
  const std::string text = Blanked(task.declaration, false);
  const std::string code = Blanked(task.declaration, true);
  const std::size_t brace = code.find_last_not_of(" \t\r\n");
  const auto bad = [&] {
    return Fail(
        fmt::format("{}: the declaration does not end with a function's signature and an "
                    "opening brace",
                    task.id));
  };
  if (brace == std::string::npos || code[brace] != '{') return bad();
  const std::size_t close = code.rfind(')', brace);
  if (close == std::string::npos) return bad();
  std::size_t open = close;
  for (int depth = 0;; --open) {
    depth += code[open] == ')' ? 1 : code[open] == '(' ? -1 : 0;
    if (depth == 0) break;
    if (open == 0) return bad();
  }
  const std::string name = LastName(code.substr(0, open));
  if (name.empty()) return bad();
  const std::size_t end = code.find_last_of(";}", open);
  const std::size_t begin = end == std::string::npos ? 0 : end + 1;
  const std::string preamble = text.substr(0, begin);
  const std::string signature = text.substr(begin, brace - begin);
  std::string names;
  for (const std::string& parameter : SplitParameters(code.substr(open + 1, close - open - 1))) {
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
  const std::string stub = fmt::format(
      "{}{}\n#include \"tesuji_wire.h\"\n#include \"tesuji_client.h\"\n{}"
      "{}{{\n  return tesuji_harness::Client<tesuji_function>::Call({});\n}}\n",
      kUsualIncludes, preamble, member, signature, names);
  split.tests = stub + task.test + "\n";
  split.pointed_tests = fmt::format(
      "{}static const tesuji_function tesuji_candidate = static_cast<tesuji_function>(&::{});\n"
      "#define {}(...) tesuji_candidate(__VA_ARGS__)\n{}\n",
      stub, name, name, task.test);
  return split;
}

}  // namespace tesuji::verifier
