#include "verifier/compile/language.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cassert>
#include <filesystem>

#include "verifier/compile/built_in.h"

namespace tesuji::verifier {
namespace {

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

/// Whether a mount is there and allowed is looked at when containers are made.
Status CheckMounts(const std::vector<std::string>& mounts, const std::string& where) {
  for (const std::string& path : mounts) {
    if (!path.starts_with('/')) {
      return Fail(fmt::format("{}: '{}' must be an absolute path", where, path));
    }
  }
  return {};
}

Status ReadProc(const toml::node& node, const std::string& where, Language* language) {
  constexpr std::pair<std::string_view, Proc> kWords[] = {
      {"never", Proc::kNever}, {"compile", Proc::kCompile}, {"always", Proc::kAlways}};
  for (const auto& [word, value] : kWords) {
    if (node.value_exact<std::string>() != word) continue;
    language->proc = value;
    return {};
  }
  return Fail(where + R"( must be "never", "compile" or "always")");
}

Status ReadKey(const std::string& key, const toml::node& node, const std::string& where,
               Language* language) {
  const std::pair<const char*, std::vector<std::string>*> lists[] = {
      {"extensions", &language->extensions},
      {"aliases", &language->aliases},
      {"shebangs", &language->shebangs},
      {"marks", &language->marks},
      {"needs", &language->needs},
      {"mounts", &language->mounts},
      {"compile_mounts", &language->compile_mounts},
      {"out_of_memory", &language->out_of_memory},
      {"compile", &language->compile},
      {"run", &language->run},
      {"version", &language->version},
      {"precompile", &language->precompile},
      {"environment", &language->environment},
      {"compile_environment", &language->compile_environment},
      {"precompiled_headers", &language->precompiled_headers},
      {"light_headers", &language->light_headers}};
  for (const auto& [name, list] : lists) {
    if (key != name) continue;
    if (Status read = ReadStrings(node, where, list); !read) return read;
    return key.ends_with("mounts") ? CheckMounts(*list, where) : Status{};
  }
  const auto text = node.value_exact<std::string>();
  const auto number = node.value<double>();
  const std::pair<const char*, std::string*> strings[] = {
      {"name", &language->name},
      {"canary", &language->canary},
      {"canary_file", &language->canary_file},
      {"package", &language->package},
      {"home_of", &language->home_of},
      {"package_code", &language->package_code}};
  for (const auto& [name, out] : strings) {
    if (key != name) continue;
    if (!text) return Fail(where + " must be a string");
    *out = *text;
    return {};
  }
  const std::pair<const char*, bool*> flags[] = {
      {"makes_binary", &language->makes_binary},
      {"starts_ahead", &language->starts_ahead},
      {"sanitizers", &language->sanitizers},
      {"file_named_by_class", &language->file_named_by_class}};
  for (const auto& [name, out] : flags) {
    if (key != name) continue;
    if (!node.value_exact<bool>()) return Fail(where + " must be true or false");
    *out = *node.value_exact<bool>();
    return {};
  }
  if (key == "proc") return ReadProc(node, where, language);
  constexpr double kMost = 1e6;  // Of seconds, MiB and processes alike.
  const bool known = key == "compile_seconds" || key == "compile_memory_mib" ||
                     key == "extra_memory_mib" || key == "processes";
  if (!known) return Fail(where + " is not a key of a language");
  if (!number || !(*number > 0 && *number <= kMost)) {
    return Fail(fmt::format("{} must be a positive number, at most {}", where, kMost));
  }
  if (key == "compile_seconds") {
    language->compile_limits.cpu = std::chrono::milliseconds(static_cast<int>(*number * 1000));
  } else if (key == "compile_memory_mib") {
    language->compile_limits.memory_bytes = static_cast<std::int64_t>(*number) << 20;
  } else if (key == "extra_memory_mib") {
    language->extra_memory_bytes = static_cast<std::int64_t>(*number) << 20;
  } else {
    language->processes = static_cast<int>(*number);
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

/// Whether a line of `text` begins or ends with one of `marks`.
bool HasMark(std::string_view text, const std::vector<std::string>& marks) {
  if (marks.empty()) return false;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (const std::string& mark : marks) {
      if (line.starts_with(mark) || line.ends_with(mark)) return true;
    }
  }
  return false;
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

bool Language::IsCalled(std::string_view word) const {
  return id == word || std::find(aliases.begin(), aliases.end(), word) != aliases.end();
}

std::string Language::Home() const {
  std::error_code error;
  const auto real = std::filesystem::canonical(home_of, error);
  return error ? std::string() : real.parent_path().parent_path().string();
}

std::string SourceName(const Language& language) {
  return "main" + (language.extensions.empty() ? std::string(".cc") : language.extensions.front());
}

std::string Language::CanaryFile() const {
  if (!canary_file.empty()) return canary_file;
  return "canary" + (extensions.empty() ? std::string(".cc") : extensions.front());
}

std::string Language::WhyMissing() const {
  const std::vector<std::string> missing = Missing();
  if (missing.empty()) return {};
  std::string why = fmt::format("{} is not installed: no {}", name, fmt::join(missing, ", "));
  if (!package.empty()) why += fmt::format(" (Debian's {})", package);
  return why;
}

std::vector<std::string> Language::Missing() const {
  std::vector<std::string> files = needs;
  if (!home_of.empty()) files.push_back(home_of);
  for (const auto* command : {&compile, &run, &version}) {
    if (!command->empty()) files.push_back(command->front());
  }
  std::vector<std::string> missing;
  for (const std::string& file : files) {
    std::error_code hidden;
    if (!file.starts_with('/') || std::filesystem::exists(file, hidden)) continue;
    if (std::find(missing.begin(), missing.end(), file) == missing.end()) missing.push_back(file);
  }
  return missing;
}

std::vector<Mount> LanguageMounts(const Language& language) {
  std::vector<Mount> out;
  for (const auto* patterns : {&language.mounts, &language.compile_mounts}) {
    for (const std::string& pattern : *patterns) {
      glob_t found = {};
      glob(pattern.c_str(), 0, nullptr, &found);
      for (std::size_t i = 0; i < found.gl_pathc; ++i) {
        auto mount = ToolchainMount(found.gl_pathv[i]);
        if (!mount) continue;
        mount->programs_see = patterns == &language.mounts;
        out.push_back(*mount);
      }
      globfree(&found);
    }
  }
  return out;
}

LanguageTable LanguageTable::BuiltIn() {
  LanguageTable table;
  const Status read = table.Extend(kBuiltInLanguages, "built-in language table");
  assert(read);
  (void)read;
  for (Language& language : table.languages_) {
    if (language.package_code != "cpp") continue;
    language.light_headers = {kLightHeader, std::string(kLightHeader) + kMoreHeaders};
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
  // As written: the table itself is in the order of names.
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [id, node] : parsed) entries.emplace_back(id.str(), &node);
  std::ranges::sort(entries, {}, [](const auto& entry) {
    return std::pair(entry.second->source().begin.line, entry.second->source().begin.column);
  });
  for (const auto& [name, entry] : entries) {
    const toml::node& node = *entry;
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
    const auto old =
        std::find_if(languages_.begin(), languages_.end(),
                     [&wanted = name](const Language& other) { return other.id == wanted; });
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
  for (const Language& language : languages_) {
    if (language.IsCalled(id)) return &language;
  }
  return nullptr;
}

Result<const Language*> LanguageTable::ForFile(const std::string& name,
                                               std::string_view text) const {
  const std::string extension = std::filesystem::path(name).extension().string();
  std::vector<std::string> known;
  std::vector<const Language*> candidates;
  for (const Language& language : languages_) {
    const auto& list = language.extensions;
    if (std::find(list.begin(), list.end(), extension) != list.end()) {
      candidates.push_back(&language);
    }
    for (const std::string& one : list) {
      if (std::find(known.begin(), known.end(), one) == known.end()) known.push_back(one);
    }
  }
  if (candidates.empty()) {
    return Fail(fmt::format("{}: no language for '{}'; known are {}", name, extension,
                            fmt::join(known, " ")));
  }
  if (!candidates.front()->shebangs.empty() && text.starts_with("#!")) {
    const std::string wanted = Interpreter(text.substr(2, text.find('\n') - 2));
    for (const Language* language : candidates) {
      const auto& list = language->shebangs;
      if (std::find(list.begin(), list.end(), wanted) != list.end()) return language;
    }
    return Fail(fmt::format("{}: wants the interpreter '{}', which no language in the table is",
                            name, wanted));
  }
  for (const Language* language : candidates) {
    if (HasMark(text, language->marks)) return language;
  }
  return candidates.front();
}

}  // namespace tesuji::verifier
