#include "verifier/compile/language.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cassert>
#include <filesystem>

namespace tesuji::verifier {
namespace {

constexpr std::string_view kBuiltIn = R"toml(
[cpp20]
name = "C++20 (g++)"
extensions = [".cc", ".cpp", ".cxx", ".c++", ".C"]
compile = ["/usr/bin/g++", "-O2", "-std=gnu++20", "-pipe", "{pch}", "{linker}", "{files}", "-o", "{binary}", "-lcrypto?"]
run = ["{binary}"]
version = ["/usr/bin/g++", "--version"]
precompile = ["/usr/bin/g++", "-O2", "-std=gnu++20", "-x", "c++-header", "{header}", "-o", "{binary}"]
precompiled_headers = ["bits/stdc++.h", "iostream"]
package_code = "cpp"
canary = "#include <iostream>\nint main() { std::cout << 1; }\n"

[cpp17]
name = "C++17 (g++)"
extensions = []
compile = ["/usr/bin/g++", "-O2", "-std=gnu++17", "-pipe", "{pch}", "{linker}", "{files}", "-o", "{binary}", "-lcrypto?"]
run = ["{binary}"]
version = ["/usr/bin/g++", "--version"]
precompile = ["/usr/bin/g++", "-O2", "-std=gnu++17", "-x", "c++-header", "{header}", "-o", "{binary}"]
precompiled_headers = ["bits/stdc++.h", "iostream"]
package_code = "cpp"
canary = "#include <iostream>\nint main() { std::cout << 1; }\n"

[c]
name = "C17 (gcc)"
extensions = [".c"]
compile = ["/usr/bin/gcc", "-O2", "-std=gnu17", "-pipe", "{linker}", "{files}", "-o", "{binary}", "-lm"]
run = ["{binary}"]
version = ["/usr/bin/gcc", "--version"]
package_code = "c"
canary = "#include <stdio.h>\nint main(void) { return puts(\"1\") < 0; }\n"

[python3]
name = "Python 3"
extensions = [".py"]
shebangs = ["python", "python3"]
compile = ["/usr/bin/python3", "-I", "-m", "py_compile", "{files}"]
run = ["/usr/bin/python3", "{main}"]
version = ["/usr/bin/python3", "--version"]
package_code = "python3"
canary = "print(1)\n"
makes_binary = false
environment = ["PYTHONDONTWRITEBYTECODE=1"]
)toml";

/// The parts of <bits/stdc++.h> that most programs use; what is missing here costs a quarter of a
/// second a program in templates that its inline functions ask for.
constexpr std::string_view kLightHeader = R"(#include <bits/c++config.h>
// The special functions of <cmath> are templates that every program would pay for.
#undef _GLIBCXX_USE_STD_SPEC_FUNCS
#define _GLIBCXX_USE_STD_SPEC_FUNCS 0
#include <cassert>
#include <cctype>
#include <cerrno>
#include <cfloat>
#include <climits>
#include <clocale>
#include <cmath>
#include <csetjmp>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cwchar>
#include <cwctype>
#include <cfenv>
#include <cinttypes>
#include <cuchar>
#include <algorithm>
#include <array>
#include <bitset>
#include <deque>
#include <exception>
#include <forward_list>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iomanip>
#include <ios>
#include <iosfwd>
#include <iostream>
#include <istream>
#include <iterator>
#include <limits>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <new>
#include <numeric>
#include <ostream>
#include <queue>
#include <ratio>
#include <set>
#include <sstream>
#include <stack>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>
#include <any>
#include <optional>
#include <string_view>
#include <variant>
#if __cplusplus > 201703L
#include <version>
#include <bit>
#include <compare>
#include <concepts>
#include <numbers>
#include <source_location>
#include <span>
#endif
)";

/// A second step, for programs with clocks, generators and the words that come with them.
constexpr std::string_view kMoreHeaders = R"(#include <atomic>
#include <chrono>
#include <complex>
#include <mutex>
#include <random>
#include <valarray>
#if __cplusplus > 201703L
#include <ranges>
#endif
)";

Status ReadStrings(const toml::node& node, const std::string& where,
                   std::vector<std::string>* out) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return Fail(where + " must be a list of strings");
  out->clear();
  for (const toml::node& element : *array) {
    const auto text = element.value_exact<std::string>();
    if (!text) return Fail(where + " must be a list of strings");
    out->push_back(*text);
  }
  return {};
}

Status ReadKey(const std::string& key, const toml::node& node, const std::string& where,
               Language* language) {
  const std::pair<const char*, std::vector<std::string>*> lists[] = {
      {"extensions", &language->extensions},
      {"shebangs", &language->shebangs},
      {"compile", &language->compile},
      {"run", &language->run},
      {"version", &language->version},
      {"precompile", &language->precompile},
      {"environment", &language->environment},
      {"precompiled_headers", &language->precompiled_headers},
      {"light_headers", &language->light_headers}};
  for (const auto& [name, list] : lists) {
    if (key == name) return ReadStrings(node, where, list);
  }
  const auto text = node.value_exact<std::string>();
  const auto number = node.value<double>();
  const std::pair<const char*, std::string*> strings[] = {
      {"name", &language->name},
      {"canary", &language->canary},
      {"package_code", &language->package_code}};
  for (const auto& [name, out] : strings) {
    if (key != name) continue;
    if (!text) return Fail(where + " must be a string");
    *out = *text;
    return {};
  }
  if (key == "makes_binary") {
    if (!node.value_exact<bool>()) return Fail(where + " must be true or false");
    language->makes_binary = *node.value_exact<bool>();
  } else if (key == "compile_seconds") {
    if (!number || *number <= 0) return Fail(where + " must be a positive number");
    language->compile_limits.cpu = std::chrono::milliseconds(static_cast<int>(*number * 1000));
  } else if (key == "compile_memory_mib") {
    if (!number || *number <= 0) return Fail(where + " must be a positive number");
    language->compile_limits.memory_bytes = static_cast<std::int64_t>(*number) << 20;
  } else {
    return Fail(where + " is not a key of a language");
  }
  return {};
}

/// The name of what a "#!" line asks for: "python3" of "/usr/bin/env -S python3 -u" and of
/// "/usr/bin/python3 -u", whatever blanks and carriage returns stand around it.
std::string Interpreter(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\v\f";
  std::string name;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
    if (word.empty()) return name;
    line.remove_prefix(word.size());
    const bool option = name == "env" && (word[0] == '-' || word.find('=') != word.npos);
    if (option) continue;
    const bool of_env = name == "env";
    name = word.substr(word.find_last_of('/') + 1);
    if (of_env || name != "env") return name;
  }
}

Limits DefaultCompileLimits() {
  Limits limits;
  limits.cpu = std::chrono::seconds(30);
  limits.memory_bytes = 2LL << 30;
  limits.output_bytes = 1 << 20;
  limits.box_bytes = 256LL << 20;
  limits.processes = 64;
  return limits;
}

}  // namespace

bool Language::IsSource(const std::string& file) const {
  const std::string extension = std::filesystem::path(file).extension().string();
  if (!extensions.empty()) {
    return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
  }
  return extension != ".h" && extension != ".hpp";
}

LanguageTable LanguageTable::BuiltIn() {
  LanguageTable table;
  const Status read = table.Extend(kBuiltIn, "built-in language table");
  assert(read);
  (void)read;
  for (Language& language : table.languages_) {
    if (language.package_code != "cpp") continue;
    language.light_headers = {std::string(kLightHeader),
                              std::string(kLightHeader) + std::string(kMoreHeaders)};
  }
  return table;
}

Status LanguageTable::Extend(std::string_view text, const std::string& origin) {
  toml::table parsed;
  try {
    parsed = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Fail(fmt::format("{}:{}: {}", origin, error.source().begin.line,
                            std::string(error.description())));
  }
  for (const auto& [id, node] : parsed) {
    const std::string name(id.str());
    if (!node.is_table()) {
      return Fail(fmt::format("{}:{}: {} must be a table", origin, node.source().begin.line, name));
    }
    Language language;
    if (const Language* known = Find(name)) language = *known;
    if (language.id.empty()) language.compile_limits = DefaultCompileLimits();
    language.id = name;
    for (const auto& [key, value] : *node.as_table()) {
      const std::string where = fmt::format("{}:{}: {}.{}", origin, value.source().begin.line, name,
                                            std::string(key.str()));
      if (Status read = ReadKey(std::string(key.str()), value, where, &language); !read)
        return read;
    }
    if (language.compile.empty()) language.makes_binary = false;  // Nobody makes it.
    if (language.run.empty()) return Fail(fmt::format("{}: {}.run is missing", origin, name));
    const auto old = std::find_if(languages_.begin(), languages_.end(),
                                  [&](const Language& other) { return other.id == name; });
    if (old != languages_.end()) {
      *old = std::move(language);
    } else {
      languages_.push_back(std::move(language));
    }
  }
  return {};
}

const Language* LanguageTable::Find(std::string_view id) const {
  for (const Language& language : languages_) {
    if (language.id == id) return &language;
  }
  return nullptr;
}

Result<const Language*> LanguageTable::ForFile(const std::string& name,
                                               std::string_view text) const {
  const std::string extension = std::filesystem::path(name).extension().string();
  std::vector<std::string> known;
  for (const Language& language : languages_) {
    const auto& list = language.extensions;
    known.insert(known.end(), list.begin(), list.end());
    if (std::find(list.begin(), list.end(), extension) == list.end()) continue;
    if (!language.shebangs.empty() && text.starts_with("#!")) {
      const std::string wanted = Interpreter(text.substr(2, text.find('\n') - 2));
      if (std::find(language.shebangs.begin(), language.shebangs.end(), wanted) ==
          language.shebangs.end()) {
        return Fail(fmt::format("{}: wants the interpreter '{}', which no language in the table is",
                                name, wanted));
      }
    }
    return &language;
  }
  return Fail(fmt::format("{}: no language for '{}'; known are {}", name, extension,
                          fmt::join(known, " ")));
}

}  // namespace tesuji::verifier
