// Problem packages (icpc.io/problem-package-format, "legacy" and "2025-09") and plain folders.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/files.h"
#include "core/sha256.h"
#include "verifier/problem/default_validator.h"
#include "verifier/problem/problem.h"
#include "verifier/problem/yaml.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30;

const std::set<std::string>& KnownKeys() {
  static const std::set<std::string> keys = {"problem_format_version",
                                             "type",
                                             "name",
                                             "uuid",
                                             "version",
                                             "credits",
                                             "author",
                                             "source",
                                             "source_url",
                                             "license",
                                             "rights_owner",
                                             "embargo_until",
                                             "limits",
                                             "keywords",
                                             "languages",
                                             "allow_file_writing",
                                             "constants",
                                             "validation",
                                             "validator_flags",
                                             "grading",
                                             "validator",
                                             "output_validator_args",
                                             "libraries",
                                             "attachments"};
  return keys;
}

/// Reads problem.yaml; remembers the file for messages.
class Settings {
 public:
  Settings(std::string origin, Problem* problem) : origin_(std::move(origin)), problem_(problem) {}

  Status Read(const YamlNode& root) {
    if (root.kind != YamlNode::Kind::kMap) return Bad(root, "must be a map of keys");
    const YamlNode* version = root.Find("problem_format_version");
    problem_->format = version == nullptr ? "legacy" : version->scalar;
    if (problem_->format == "2023-07-draft" || problem_->format == "draft") {
      problem_->format = "2025-09";  // Its predecessor.
    }
    if (problem_->format != "legacy" && problem_->format != "2025-09") {
      return Bad(*version, fmt::format("problem_format_version '{}' is not supported (legacy and "
                                       "2025-09 are)",
                                       version->scalar));
    }
    if (problem_->format == "2025-09") problem_->limits.accepted_multiplier = 2;
    for (const auto& [key, value] : root.map) {
      if (!KnownKeys().contains(key.scalar)) {
        return Bad(key, fmt::format("unknown key '{}'", key.scalar));
      }
      Status read;
      if (key.scalar == "name") read = Name(value);
      if (key.scalar == "limits") read = AllLimits(value);
      if (key.scalar == "validation") read = ValidationWord(value);
      if (key.scalar == "type") read = Type(value);
      if (key.scalar == "validator_flags") read = Words(value, &flags_);
      if (!read) return read;
    }
    return {};
  }
  const std::vector<std::string>& flags() const { return flags_; }

  Status Bad(const YamlNode& node, const std::string& what) const {
    return Fail(fmt::format("{}:{}: {}", origin_, node.line, what));
  }
  static Status Words(const YamlNode& node, std::vector<std::string>* out) {
    out->clear();
    if (node.kind == YamlNode::Kind::kList) {
      for (const YamlNode& word : node.list) out->push_back(word.scalar);
      return {};
    }
    std::string word;
    for (const char c : node.scalar + " ") {
      if (c != ' ' && c != '\t' && c != '\n') {
        word += c;
      } else if (!word.empty()) {
        out->push_back(std::exchange(word, {}));
      }
    }
    return {};
  }

 private:
  Status Name(const YamlNode& node) {
    problem_->name = node.scalar;
    if (node.kind == YamlNode::Kind::kMap && !node.map.empty()) {
      const YamlNode* english = node.Find("en");
      problem_->name = (english != nullptr ? *english : node.map.front().second).scalar;
    }
    return {};
  }
  Status ValidationWord(const YamlNode& node) {
    std::vector<std::string> words;
    (void)Words(node, &words);
    for (const std::string& word : words) {
      if (word == "custom") {
        problem_->validation = std::max(problem_->validation, Validation::kCustom);
      } else if (word == "interactive") {
        problem_->validation = Validation::kInteractive;
      } else if (word != "default") {
        return Bad(node, fmt::format("validation '{}' is not supported (default, custom and "
                                     "interactive are)",
                                     word));
      }
    }
    return {};
  }
  Status Type(const YamlNode& node) {
    std::vector<std::string> words;
    (void)Words(node, &words);
    for (const std::string& word : words) {
      if (word == "interactive") {
        problem_->validation = Validation::kInteractive;
      } else if (word != "pass-fail") {
        return Bad(node,
                   fmt::format("type '{}' is not supported (pass-fail and interactive are)", word));
      }
    }
    return {};
  }
  Status Number(const YamlNode& node, const std::string& key, double* out) const {
    char* end = nullptr;
    const double value = std::strtod(node.scalar.c_str(), &end);
    if (node.scalar.empty() || *end != 0 || !(value > 0) || value > 1e9) {
      return Bad(node,
                 fmt::format("limits.{} must be a positive number, not '{}'", key, node.scalar));
    }
    *out = value;
    return {};
  }
  Status AllLimits(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) {
      if (node.scalar.empty()) return {};
      return Bad(node, "limits must be a map");
    }
    ProblemLimits& limits = problem_->limits;
    for (const auto& [key, value] : node.map) {
      const std::string& name = key.scalar;
      double number = 0;
      if (name == "time_multipliers") {
        for (const auto& [which, factor] : value.map) {
          if (which.scalar != "ac_to_time_limit" && which.scalar != "time_limit_to_tle") {
            return Bad(which,
                       fmt::format("unknown key 'limits.time_multipliers.{}'", which.scalar));
          }
          if (Status read = Number(factor, "time_multipliers." + which.scalar, &number); !read) {
            return read;
          }
          if (which.scalar == "ac_to_time_limit") limits.accepted_multiplier = number;
        }
        continue;
      }
      if (Status read = Number(value, name, &number); !read) return read;
      const auto whole = static_cast<std::int64_t>(number);
      if (name == "time_limit")
        limits.time_seconds = number;
      else if (name == "time_multiplier")
        limits.accepted_multiplier = number;
      else if (name == "memory")
        limits.memory_mib = whole;
      else if (name == "output")
        limits.output_mib = whole;
      else if (name == "code")
        limits.code_kib = whole;
      else if (name == "compilation_time")
        limits.compilation_seconds = number;
      else if (name == "compilation_memory")
        limits.compilation_memory_mib = whole;
      else if (name == "validation_time")
        limits.validation_seconds = number;
      else if (name == "validation_memory")
        limits.validation_memory_mib = whole;
      else if (name == "validation_output")
        limits.validation_output_mib = whole;
      else if (name != "time_safety_margin" && name != "time_resolution" &&
               name != "validation_passes") {
        return Bad(key, fmt::format("unknown key 'limits.{}'", name));
      }
    }
    return {};
  }

  std::string origin_;
  Problem* problem_;
  std::vector<std::string> flags_;
};

/// Validator flags of a data folder: its own settings, or its parent's.
Result<std::vector<std::string>> GroupFlags(const fs::path& folder,
                                            const std::vector<std::string>& inherited) {
  for (const char* name : {"testdata.yaml", "test_group.yaml"}) {
    const fs::path file = folder / name;
    if (!fs::exists(file)) continue;
    auto text = ReadFile(file);
    if (!text) return tl::unexpected(text.error());
    auto root = ParseYaml(*text, file.string());
    if (!root) return tl::unexpected(root.error());
    for (const char* key : {"output_validator_flags", "output_validator_args"}) {
      if (const YamlNode* node = root->Find(key)) {
        std::vector<std::string> flags;
        (void)Settings::Words(*node, &flags);
        return flags;
      }
    }
  }
  return inherited;
}

Status LoadTests(const fs::path& folder, const std::string& prefix, bool interactive,
                 const std::vector<std::string>& inherited, Problem* problem, Sha256* hash) {
  auto flags = GroupFlags(folder, inherited);
  if (!flags) return tl::unexpected(flags.error());
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  for (const fs::path& path : entries) {
    const std::string name = prefix + path.stem().string();
    if (fs::is_directory(path)) {
      if (Status loaded = LoadTests(path, prefix + path.filename().string() + "/", interactive,
                                    *flags, problem, hash);
          !loaded) {
        return loaded;
      }
      continue;
    }
    if (path.extension() == ".ans" && !fs::exists(fs::path(path).replace_extension(".in"))) {
      return Fail(fmt::format("{}: has no .in file beside it", path.string()));
    }
    if (path.extension() != ".in") continue;
    const fs::path answer = fs::path(path).replace_extension(".ans");
    if (!fs::exists(answer) && !interactive) {
      return Fail(fmt::format("{}: has no .ans file beside it", path.string()));
    }
    auto input = ReadFile(path, kLargestFile);
    if (!input) return tl::unexpected(input.error());
    TestCase test;
    test.name = name;
    test.validator_flags = *flags;
    if (fs::exists(answer)) {
      auto text = ReadFile(answer, kLargestFile);
      if (!text) return tl::unexpected(text.error());
      test.answer = std::move(*text);
    }
    hash->Update(fmt::format("\n{} {} {}\n", name, input->size(), test.answer.size()));
    hash->Update(*input).Update(test.answer);
    for (const std::string& flag : *flags) hash->Update(flag).Update(" ");
    if (problem->validation == Validation::kDefault) {
      if (auto parsed = ParseValidatorFlags(*flags); !parsed) {
        return Fail(fmt::format("{}: {}", path.string(), parsed.error().message));
      }
    }
    test.input = MakeMemoryFile(*input, "input");
    problem->tests.push_back(std::move(test));
  }
  return {};
}

Status LoadValidator(const fs::path& path, Problem* problem, Sha256* hash) {
  std::vector<SourceFile> sources;
  const auto add = [&](const fs::path& file, const std::string& name) -> Status {
    auto text = ReadFile(file, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    hash->Update(name).Update("\n").Update(*text);
    sources.push_back({name, std::move(*text)});
    return {};
  };
  if (fs::is_directory(path)) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      if (file.filename() == "build") {
        return Fail(
            fmt::format("{}: build scripts of validators are not supported", file.string()));
      }
      if (Status added = add(file, fs::relative(file, path).string()); !added) return added;
    }
  } else if (Status added = add(path, path.filename().string()); !added) {
    return added;
  }
  if (sources.empty()) return Fail(fmt::format("{}: is empty", path.string()));
  problem->validators.push_back(std::move(sources));
  return {};
}

Status LoadValidators(Problem* problem, Sha256* hash) {
  for (const char* name : {"output_validators", "output_validator"}) {
    const fs::path folder = problem->folder / name;
    if (!fs::is_directory(folder)) continue;
    std::vector<fs::path> entries;
    bool has_files = false;
    for (const auto& entry : fs::directory_iterator(folder)) {
      entries.push_back(entry.path());
      has_files = has_files || entry.is_regular_file();
    }
    std::sort(entries.begin(), entries.end());
    // "output_validator" may itself be the program's folder.
    if (has_files && std::string(name) == "output_validator") entries = {folder};
    for (const fs::path& entry : entries) {
      if (Status loaded = LoadValidator(entry, problem, hash); !loaded) return loaded;
    }
  }
  if (problem->format == "2025-09" && problem->validation == Validation::kDefault &&
      !problem->validators.empty()) {
    problem->validation = Validation::kCustom;
  }
  if (problem->validation == Validation::kDefault) {
    problem->validators.clear();
  } else if (problem->validators.empty()) {
    return Fail(fmt::format("{}: wants its own output validator, but output_validators/ has none",
                            (problem->folder / "problem.yaml").string()));
  }
  return {};
}

}  // namespace

Result<Problem> LoadProblem(const fs::path& folder) {
  Problem problem;
  problem.folder = folder;
  if (!fs::is_directory(folder)) {
    return Fail(fmt::format("{}: is not a folder with a problem", folder.string()));
  }
  Sha256 hash;
  const fs::path file = folder / "problem.yaml";
  const bool package = fs::exists(file);
  std::vector<std::string> flags;
  problem.name = fs::absolute(folder).lexically_normal().filename().string();
  if (package) {
    auto text = ReadFile(file, 1U << 20);
    if (!text) return tl::unexpected(text.error());
    hash.Update(*text);
    auto root = ParseYaml(*text, file.string());
    if (!root) return tl::unexpected(root.error());
    Settings settings(file.string(), &problem);
    if (Status read = settings.Read(*root); !read) return tl::unexpected(read.error());
    flags = settings.flags();
    if (Status loaded = LoadValidators(&problem, &hash); !loaded) {
      return tl::unexpected(loaded.error());
    }
    if (auto limit = ReadFile(folder / ".timelimit", 64); limit && !problem.limits.time_seconds) {
      const double seconds = std::strtod(limit->c_str(), nullptr);
      if (seconds > 0) problem.limits.time_seconds = seconds;
    }
  } else {
    problem.format = "folder";
    problem.limits.time_seconds = 2;
    problem.limits.memory_mib = 512;
  }
  const bool interactive = problem.validation == Validation::kInteractive;
  for (const char* part : {"sample", "secret"}) {
    const fs::path data = folder / "data" / part;
    if (!package || !fs::is_directory(data)) continue;
    // The data folder's own settings hold for both parts.
    auto outer = GroupFlags(folder / "data", flags);
    if (!outer) return tl::unexpected(outer.error());
    if (Status loaded =
            LoadTests(data, std::string(part) + "/", interactive, *outer, &problem, &hash);
        !loaded) {
      return tl::unexpected(loaded.error());
    }
  }
  if (!package) {
    if (Status loaded = LoadTests(folder, "", false, {}, &problem, &hash); !loaded) {
      return tl::unexpected(loaded.error());
    }
  }
  if (problem.tests.empty()) {
    return Fail(fmt::format("{}: has no tests ({})", folder.string(),
                            package ? "data/sample and data/secret hold no .in files"
                                    : "neither problem.yaml nor .in files"));
  }
  problem.sha256 = hash.FinishHex();
  return problem;
}

}  // namespace tesuji::verifier
