#include "verifier/problem/script_function.h"

#include <algorithm>

#include "verifier/problem/answer_text.h"
#include "verifier/problem/code_text.h"
#include "verifier/problem/function_harness.h"

namespace tesuji::verifier {
namespace {

constexpr char kPython[] = "python3";
constexpr char kJavaScript[] = "javascript";

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::size_t Indentation(const std::string& line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool BlankLine(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

/// Whether a line at its very beginning defines the function or the class that holds it. `at` is
/// the line's position.
bool DefinesAtTop(const std::string& text, const std::string& entry, const std::string& language,
                  std::size_t* at) {
  std::size_t position = 0;
  for (const std::string& line : Lines(text)) {
    bool defines = false;
    const std::string name = FindName(line, entry) != line.npos ? entry : "Solution";
    const std::size_t found = FindName(line, name);
    if (found != line.npos && Indentation(line) == 0) {
      std::string before = line.substr(0, found);
      before.erase(before.find_last_not_of(" \t*") + 1);
      const std::string word = LastName(before);
      defines = word == "class" ||
                (name == entry && (language == kPython ? word == "def"
                                                       : word == "function" || word == "const" ||
                                                             word == "let" || word == "var"));
    }
    if (defines) {
      *at = position;
      return true;
    }
    position += line.size() + 1;
  }
  return false;
}

/// A body with the indentation that the prompt's function wants. Chat models drop that of the first
/// line or of all.
std::string IndentedBody(const std::string& body) {
  std::vector<std::string> lines = Lines(body);
  const auto first = std::find_if_not(lines.begin(), lines.end(), BlankLine);
  if (first == lines.end() || Indentation(*first) > 0) return body;
  const auto second = std::find_if_not(first + 1, lines.end(), BlankLine);
  const bool others = std::all_of(second, lines.end(), [](const std::string& line) {
    return BlankLine(line) || Indentation(line) > 0;
  });
  const bool opens = (*first)[first->find_last_not_of(" \t\r")] == ':';
  const bool all = !others || (opens && second != lines.end() && Indentation(*second) <= 4);
  std::string out;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    const bool shift = !BlankLine(*line) && (all || line == first);
    out += (shift ? "    " : "") + *line + "\n";
  }
  return out;
}

std::string PythonSource(const FunctionTask& task, const std::string& answer) {
  const std::string entry = task.entry_point;
  const std::string code = CodeOf(answer, entry).text;
  std::size_t at = 0;
  if (task.prompt.empty()) return code;
  if (DefinesAtTop(code, entry, kPython, &at)) {
    std::size_t head = 0;
    if (!DefinesAtTop(task.prompt, entry, kPython, &head)) return code;
    return task.prompt.substr(0, head) + "\n" + code;
  }
  return task.prompt + (task.prompt.ends_with('\n') ? "" : "\n") + IndentedBody(code);
}

std::string JavaScriptSource(const FunctionTask& task, const std::string& answer) {
  const std::string entry = task.entry_point;
  const std::string code = CodeOf(answer, entry).text;
  std::size_t at = 0;
  if (task.prompt.empty()) return code;
  if (DefinesAtTop(code, entry, kJavaScript, &at)) {
    std::size_t head = 0;
    if (!DefinesAtTop(task.prompt, entry, kJavaScript, &head)) return code;
    return task.prompt.substr(0, head) + "\n" + code;
  }
  const bool closed = ClosesBlock(Blanked(code, true));
  return task.prompt + (task.prompt.ends_with('\n') ? "" : "\n") + code + (closed ? "" : "\n}\n");
}

Json TaskData(const FunctionTask& task) {
  Json checks = Json::array();
  for (const FunctionCheck& check : task.checks) {
    Json row = {{"name", check.name}};
    if (!check.code.empty()) {
      row["code"] = check.code;
    } else {
      row["arguments"] = check.arguments;
      row["expected"] = check.expected;
    }
    checks.push_back(std::move(row));
  }
  return {{"prompt", task.prompt},
          {"setup", task.test},
          {"entry", task.entry_point},
          {"prelude", task.prelude},
          {"checks", std::move(checks)}};
}

}  // namespace

bool HasScriptHarness(const std::string& language) {
  return language == kPython || language == kJavaScript;
}

ScriptPrograms MakeScriptPrograms(const FunctionTask& task, const std::string& answer) {
  ScriptPrograms programs;
  if (task.language == kPython) {
    programs.candidate = {{"main.py", kHarnessPythonCandidate},
                          {"candidate.py", PythonSource(task, answer)},
                          {"tesuji_wire.py", kHarnessPythonWire}};
    programs.tests = {{"main.py", kHarnessPythonTests}, {"tesuji_wire.py", kHarnessPythonWire}};
  } else {
    const std::string source = JavaScriptSource(task, answer);
    programs.answer = {{"main.js", source}};
    programs.candidate = {{"main.js", kHarnessJavaScriptCandidate},
                          {"candidate.js", source},
                          {"tesuji_wire.js", kHarnessJavaScriptWire}};
    programs.tests = {{"main.js", kHarnessJavaScriptTests},
                      {"tesuji_wire.js", kHarnessJavaScriptWire}};
  }
  // Tasks may hold text that is no UTF-8.
  programs.tests_data = {
      {"task.json", TaskData(task).dump(-1, ' ', true, Json::error_handler_t::replace)}};
  return programs;
}

std::string EntryOfPrompt(const std::string& prompt, const std::string& language) {
  const std::vector<std::string> words =
      language == kPython ? std::vector<std::string>{"def"}
                          : std::vector<std::string>{"function", "const", "let", "var"};
  std::string entry;
  for (std::string line : Lines(prompt)) {
    for (const std::string word : {"export ", "default ", "async "}) {
      if (line.starts_with(word)) line.erase(0, word.size());
    }
    for (const std::string& word : words) {
      if (!line.starts_with(word) || IsNameCharacter(line[word.size()])) continue;
      const std::size_t begin = std::min(line.find_first_not_of(" \t*", word.size()), line.size());
      std::size_t end = begin;
      while (end < line.size() && (IsNameCharacter(line[end]) || line[end] == '$')) ++end;
      if (end > begin) entry = line.substr(begin, end - begin);
    }
  }
  return entry;
}

}  // namespace tesuji::verifier
