#include "verifier/problem/cpp_function.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/problem/answer_text.h"
#include "verifier/problem/code_text.h"

namespace tesuji::verifier {
namespace {

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
    for (const std::string word : {"static", "inline", "extern", "constexpr", "virtual"}) {
      if (!signature.starts_with(word) || IsNameCharacter(signature[word.size()])) continue;
      signature.erase(0, word.size());
      again = true;
    }
  }
  return signature;
}

bool Has(const std::string& text, const char* word) {
  return FindName(text, word) != std::string::npos;
}

bool PointsToNodes(const std::string& type) {
  return type.find('*') != std::string::npos && !(Has(type, "char") && Has(type, "const"));
}

/// Why no value of this parameter or result can pass to another program; empty: it may.
std::string Unpassable(const std::string& text) {
  const std::string type = text.substr(0, text.find('='));
  if (Has(type, "auto")) return "its type is 'auto'";
  if (type.find("...") != std::string::npos) return "the number of arguments is open";
  if (type.find("&&") != std::string::npos) return "it is an rvalue reference";
  if (Has(type, "unique_ptr") || Has(type, "shared_ptr")) return "it owns an object of its own";
  if (Has(type, "FILE") || Has(type, "ostream") || Has(type, "istream")) return "it is a stream";
  if (Has(type, "function")) return {};
  if (type.find("(&") != std::string::npos) return "it is a reference to an array or a function";
  if (type.find('(') != std::string::npos) return "it is a function pointer";
  if (type.find('[') != std::string::npos) return "an array's length is not in its type";
  if (!PointsToNodes(type)) return {};
  for (const char* plain : {"int", "long", "short", "unsigned", "float", "double", "bool", "char",
                            "void", "string", "size_t", "int64_t", "int32_t", "uint8_t"}) {
    if (Has(type, plain)) return "a pointer does not say how many values it points to";
  }
  return {};
}

/// A type in a catch clause of the tests that cannot be sent; empty: all can.
std::string UnsendableException(const std::string& test) {
  const std::string code = Blanked(test, true);
  for (std::size_t at = FindName(code, "catch"); at != code.npos;
       at = FindName(code, "catch", at + 1)) {
    const std::size_t open = code.find('(', at);
    const std::size_t close = open == code.npos ? open : ClosingBracket(code, open);
    if (close == code.npos) continue;
    const std::string caught = code.substr(open + 1, close - open - 1);
    bool known = caught.find("...") != caught.npos;
    for (const char* type :
         {"exception", "invalid_argument", "domain_error", "length_error", "out_of_range",
          "logic_error", "range_error", "overflow_error", "underflow_error", "runtime_error", "int",
          "long", "unsigned", "double", "char", "bool", "string"}) {
      known = known || Has(caught, type);
    }
    if (!known) return caught;
  }
  return {};
}

/// Whether a `return` in this code returns something other than success.
bool ReturnsFailure(const std::string& code) {
  for (std::size_t at = FindName(code, "return"); at != code.npos;
       at = FindName(code, "return", at + 1)) {
    const std::size_t value = code.find_first_not_of(" \t\r\n", at + 6);
    if (value == code.npos || code[value] == ';' || code[value] == '}') continue;
    const std::string word = code.substr(value, code.find_first_of(" \t\r\n;", value) - value);
    if (word != "0" && word != "EXIT_SUCCESS") return true;
  }
  return false;
}

/// Whether tests, without their comments, can fail in another way than by an assertion.
bool FailsOtherwise(const std::string& code) {
  for (const char* word : {"throw", "abort", "exit", "_exit", "quick_exit", "terminate", "raise"}) {
    if (Has(code, word)) return true;
  }
  if (Has(code, "catch") && Has(code, "assert")) return true;
  for (std::size_t at = code.find("#define"); at != code.npos; at = code.find("#define", at + 1)) {
    if (ReturnsFailure(code.substr(at, code.find('\n', at) - at))) return true;
  }
  const std::size_t body = code.find('{', FindName(code, "main"));
  const std::size_t end = body == code.npos ? body : ClosingBracket(code, body);
  return end != code.npos && ReturnsFailure(code.substr(body, end - body));
}

struct Signature {
  std::size_t begin = 0;  ///< Of its text.
  std::size_t open = 0;   ///< Its parentheses.
  std::size_t close = 0;
};

bool FindSignature(const std::string& code, Signature* found) {
  const std::size_t brace = code.find_last_not_of(" \t\r\n;");
  if (brace == std::string::npos || code[brace] != '{') return false;
  const std::size_t close = code.rfind(')', brace);
  if (close == std::string::npos || close == 0) return false;
  // Between them only what may follow parameters.
  if (code.find_first_of(";{}", close) != brace) return false;
  std::size_t open = close;
  for (int depth = 0;; --open) {
    depth += code[open] == ')' ? 1 : code[open] == '(' ? -1 : 0;
    if (depth == 0) break;
    if (open == 0) return false;
  }
  const std::size_t end = code.find_last_of(";}", open);
  *found = {end == std::string::npos ? 0 : end + 1, open, close};
  return true;
}

/// "class Solution { public: int f(int x)": the part up to `body` becomes the class's head. False:
/// there is more in it.
bool TakeClass(const std::string& blank, std::size_t body, SplitTask* split) {
  std::string head = blank.substr(0, body);
  if (head.find('{') != head.npos || head.find(':') != head.npos) return false;
  if (!Has(head, "class") && !Has(head, "struct")) return false;
  std::size_t end = body + 1;
  const std::size_t access = FindName(blank, "public", end);
  if (access != blank.npos) end = blank.find(':', access) + 1;
  split->class_name = LastName(head);
  split->class_head = split->signature.substr(0, end) + "\npublic:\n";
  split->signature.erase(0, end);
  return true;
}

/// Their names, and what the harness needs for their types. Not empty: what cannot pass.
std::string TakeParameters(const std::string& code, const Signature& at, SplitTask* split) {
  const std::string result = code.substr(at.begin, at.open - at.begin);
  const std::size_t type_begin = result.rfind('{') == result.npos ? 0 : result.rfind('{') + 1;
  const std::string type = result.substr(type_begin);
  bool links = PointsToNodes(type);
  bool functions = false;
  std::string why = Unpassable(type);
  if (why.empty() && Has(type, "function")) why = "it is a function";
  if (!why.empty()) return "has a result that cannot be sent to another program: " + why;
  for (const std::string& text :
       SplitParameters(code.substr(at.open + 1, at.close - at.open - 1))) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const std::string parameter = first == text.npos ? "" : text.substr(first);
    why = Unpassable(parameter);
    const std::string last = LastName(parameter.substr(0, parameter.find('=')));
    const bool function = Has(parameter, "function");
    if (why.empty() && !function && PointsToNodes(parameter) && Has(type, "void")) {
      why = "what is changed behind a pointer does not come back";
    }
    if (!why.empty()) {
      return fmt::format("has the parameter '{}', which cannot be sent to another program: {}",
                         parameter, why);
    }
    if (last.empty()) return "has a parameter without a name";
    if (last == "void") continue;
    links = links || (!function && PointsToNodes(parameter));
    functions = functions || function;
    split->parameters += (split->parameters.empty() ? "" : ", ") + last;
  }
  split->harness = "\n#include \"tesuji_wire.h\"\n";
  if (links) split->harness += "#include \"tesuji_links.h\"\n";
  if (!functions) return {};
  split->includes += "#define TESUJI_SEND_FUNCTIONS\n#include <functional>\n";
  split->harness += "#include \"tesuji_functions.h\"\n";
  return {};
}

Result<SplitTask> SplitHead(const FunctionTask& task, const std::string& head, const char* key) {
  const std::string text = Blanked(head, false);
  const std::string code = Blanked(head, true);
  const auto bad = [&](const std::string& why) {
    return Fail(fmt::format("{}: {}: the {} {}", task.where, task.id, key, why));
  };
  Signature at;
  if (!FindSignature(code, &at)) {
    return bad("does not end with a function's signature and an opening brace");
  }
  SplitTask split;
  split.name = LastName(code.substr(0, at.open));
  if (split.name.empty()) return bad("has no function's name before its parameters");
  split.includes = kUsualIncludes;
  split.preamble = text.substr(0, at.begin);
  split.signature = text.substr(at.begin, at.close + 1 - at.begin);
  const std::string blank = code.substr(at.begin, at.close + 1 - at.begin);
  if (const std::size_t body = blank.rfind('{'); body != blank.npos) {
    if (!TakeClass(blank, body, &split)) {
      return bad("puts the function into a class or namespace with other members");
    }
  } else if (OpenBlocks(code.substr(0, at.begin)) != 0) {
    return bad("puts the function into a class or namespace with other members");
  }
  if (Has(blank, "template")) {
    return bad("is a function template: one cannot be called from another program");
  }
  if (Has(blank, "operator")) return bad("is an operator: only named functions are judged");
  if (const std::string caught = UnsendableException(task.test); !caught.empty()) {
    return Fail(
        fmt::format("{}: {}: the tests catch '{}': only exceptions of the standard "
                    "library, numbers and text pass from one program to another",
                    task.where, task.id, caught));
  }
  const std::string why = TakeParameters(code, at, &split);
  if (!why.empty()) return bad(why);
  return split;
}

/// Only directives and using lines: an answer that is a whole program may define the rest again.
std::string WithoutDefinitions(const std::string& preamble) {
  std::string out;
  for (std::size_t at = 0; at < preamble.size();) {
    const std::size_t end = std::min(preamble.find('\n', at), preamble.size());
    const std::string line = preamble.substr(at, end - at);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string::npos && (line[first] == '#' || line.compare(first, 6, "using ") == 0))
      out += line + "\n";
    at = end + 1;
  }
  return out;
}

std::string Member(const SplitTask& task) {
  // A member's address names one function, whatever else is called like it.
  return fmt::format(
      "struct tesuji_signature {{ static {}; }};\n"
      "typedef decltype(&tesuji_signature::{}) tesuji_function;\n",
      WithoutSpecifiers(task.signature), task.name);
}

/// Of a program that holds the function `name`.
std::string Server(const std::string& name) {
  return fmt::format(
      "\n#undef main\n#include \"tesuji_server.h\"\nint main() {{\n"
      "  return "
      "tesuji_harness::Server<tesuji_function>::Run(static_cast<tesuji_function>(&::{}));\n"
      "}}\n",
      name);
}

/// An answer's own main() gives way to the server's.
std::string WithoutMain(const std::string& code) {
  const std::size_t at = FindName(code, "main");
  const bool own = at != code.npos && code.find_first_not_of(" \t", at + 4) == code.find('(', at);
  return own ? "#define main tesuji_other_main\n" : "";
}

/// A function with the declared signature that calls the answer's, whose own may differ.
std::string Entry(const SplitTask& task) {
  std::string entry = WithoutSpecifiers(task.signature);
  entry.replace(FindName(entry, task.name), task.name.size(), "tesuji_entry");
  const std::string object = task.class_name.empty() ? "::" : task.class_name + "().";
  return fmt::format("{} {{ return {}{}({}); }}\n", entry, object, task.name, task.parameters);
}

std::string WholeSource(const SplitTask& task, const std::string& preamble,
                        const std::string& answer, const std::string& code) {
  const std::string closing = OpenBlocks(code) == 1 ? "\n}\n" : "\n";
  return fmt::format("{}{}{}{}{}{}#undef main\n{}{}{}", task.includes, preamble, task.harness,
                     WithoutMain(code), answer, closing, Member(task), Entry(task),
                     Server("tesuji_entry"));
}

void AddPrograms(const FunctionTask& task, SplitTask* split) {
  const std::string member = Member(*split);
  if (FindName(Blanked(task.test, true), "catch") != std::string::npos) {
    split->includes += "#define TESUJI_SEND_EXCEPTIONS\n";
    split->harness += "#include \"tesuji_exceptions.h\"\n";
  }
  const std::string closing = split->class_name.empty() ? "" : "};\n";
  const std::string stub = fmt::format(
      "{}{}{}#include \"tesuji_client.h\"\n{}{}"
      "{}{{\n  return tesuji_harness::Client<tesuji_function>::Call({});\n}}\n{}",
      split->includes, split->preamble, split->harness, member, split->class_head, split->signature,
      split->parameters, closing);
  split->tests = stub + task.test + "\n";
  split->pointed_tests = split->tests;
  if (!split->class_name.empty()) return;
  split->pointed_tests = fmt::format(
      "{}static const tesuji_function tesuji_candidate = static_cast<tesuji_function>(&::{});\n"
      "#define {}(...) tesuji_candidate(__VA_ARGS__)\n{}\n",
      stub, split->name, split->name, task.test);
}

}  // namespace

Result<std::vector<SplitTask>> SplitFunctionTask(const FunctionTask& task) {
  std::vector<SplitTask> ways;
  std::string why;
  const std::string tests = Blanked(task.test, false);  // Macros of the tests' own count.
  const bool fails_otherwise = FailsOtherwise(tests);
  const std::pair<const char*, const std::string*> heads[] = {{"declaration", &task.declaration},
                                                              {"prompt", &task.prompt}};
  for (const auto& [key, head] : heads) {
    if (head->empty() || (!ways.empty() && *head == task.declaration)) continue;
    auto split = SplitHead(task, *head, key);
    if (!split) {
      if (why.empty()) why = split.error().message;
      continue;
    }
    AddPrograms(task, &*split);
    split->fails_otherwise = fails_otherwise;
    ways.push_back(std::move(*split));
  }
  if (ways.empty()) return Fail(why.empty() ? task.where + ": has no declaration" : why);
  if (!fails_otherwise && !Has(tests, "assert")) {
    return Fail(
        fmt::format("{}: {}: the tests check nothing: they have no assertion and cannot "
                    "fail in another way",
                    task.where, task.id));
  }
  return ways;
}

namespace {

bool IsWhole(const SplitTask& task, const std::string& code) {
  if (task.class_name.empty()) return FindDefinition(code, task.name) != std::string::npos;
  const std::size_t at = FindName(code, task.class_name);
  const std::string before = code.substr(0, at == code.npos ? 0 : at);
  const std::string word = LastName(before);
  return at != code.npos && (word == "class" || word == "struct");
}

}  // namespace

std::vector<std::string> CandidateSources(const SplitTask& task, const std::string& answer) {
  const std::string text = CodeOf(answer, task.name).text;
  const std::string code = Blanked(text, true);
  if (IsWhole(task, code)) {
    std::vector<std::string> forms = {WholeSource(task, task.preamble, text, code)};
    const std::string bare = WithoutDefinitions(task.preamble);
    forms.push_back(WholeSource(task, bare, text, code));
    if (forms[1] == forms[0]) forms.pop_back();
    return forms;
  }
  std::string closing = ClosesBlock(code) ? "" : "\n}\n";
  std::string entry;
  if (!task.class_name.empty()) {
    const int open = std::max(0, 2 + OpenBlocks(code));
    closing = open == 0 ? "\n;"
                        : fmt::format("\n{};\n", std::string(static_cast<std::size_t>(open), '}'));
    entry = Entry(task);
  }
  return {fmt::format("{}{}{}{}{}{}{}{{\n{}{}{}{}", task.includes, task.preamble, task.harness,
                      Member(task), WithoutMain(code), task.class_head, task.signature, text,
                      closing, entry, Server(entry.empty() ? task.name : "tesuji_entry"))};
}

}  // namespace tesuji::verifier
