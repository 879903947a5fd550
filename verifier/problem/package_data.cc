#include "verifier/problem/package_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/files.h"
#include "verifier/problem/default_validator.h"
#include "verifier/problem/package_settings.h"
#include "verifier/problem/yaml.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30;
/// Of one test. With those of a submission they travel as descriptors of one message.
constexpr std::size_t kMostInputFiles = 64;

const std::set<std::string> kLegacyGroup = {"on_reject",
                                            "grading",
                                            "grader_flags",
                                            "input_validator_flags",
                                            "output_validator_flags",
                                            "accept_score",
                                            "reject_score",
                                            "range",
                                            "scoring",
                                            "objective"};
const std::set<std::string> kTest = {"args",
                                     "input_validator_args",
                                     "output_validator_args",
                                     "input_visualizer_args",
                                     "output_visualizer_args",
                                     "static_validator_args",
                                     "full_feedback",
                                     "hint",
                                     "description"};
const std::set<std::string> kGroupOnly = {
    "max_score",    "score_aggregation", "static_validation_score",
    "require_pass", "scoring",           "grading"};

class Loader {
 public:
  Loader(std::vector<std::string> flags, Problem* problem, Sha256* hash)
      : flags_(std::move(flags)), problem_(problem), hash_(hash) {}

  Status Folder(const fs::path& folder, const std::string& prefix, DataSettings inherited) {
    if (Status read = Group(folder, &inherited); !read) return read;
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& path : entries) {
      Status done;
      if (fs::is_directory(path)) {
        if (path.extension() == ".files") {
          if (!Exists(path, ".in")) done = NoPartner(path, ".in");
        } else {
          done = Folder(path, prefix + path.filename().string() + "/", inherited);
        }
      } else if (path.extension() == ".ans") {
        if (!Exists(path, ".in")) done = NoPartner(path, ".in");
      } else if (path.extension() == ".in") {
        done = Test(path, prefix + path.stem().string(), inherited);
      }
      if (!done) return done;
    }
    return {};
  }

  /// A group's own file, for a folder that is not walked itself.
  Status Group(const fs::path& folder, DataSettings* settings) {
    if (problem_->format == "folder") return {};
    for (const char* name : {"testdata.yaml", "test_group.yaml"}) {
      if (Status read = Read(folder / name, true, settings); !read) return read;
    }
    return {};
  }

 private:
  static bool Exists(fs::path path, const char* extension) {
    return fs::exists(path.replace_extension(extension));
  }
  static Status NoPartner(const fs::path& path, const char* extension) {
    return Fail(fmt::format("{}: has no {} file beside it", path.string(), extension));
  }
  bool legacy() const { return problem_->format == "legacy"; }

  Status Read(const fs::path& file, bool group, DataSettings* settings) {
    if (!fs::exists(file)) return {};
    auto text = ReadFile(file, 1U << 20);
    if (!text) return tl::unexpected(text.error());
    auto root = ParseYaml(WithConstants(*text, problem_->constants), file.string());
    if (!root) return tl::unexpected(root.error());
    if (root->kind != YamlNode::Kind::kMap) {
      if (root->kind == YamlNode::Kind::kScalar && root->scalar.empty()) return {};
      return Fail(fmt::format("{}:{}: must be a map of keys", file.string(), root->line));
    }
    for (const auto& [key, value] : root->map) {
      const bool known =
          legacy() ? kLegacyGroup.contains(key.scalar)
                   : kTest.contains(key.scalar) || (group && kGroupOnly.contains(key.scalar));
      if (!known) {
        return Fail(fmt::format("{}:{}: unknown key '{}'", file.string(), key.line, key.scalar));
      }
      const bool list = value.kind == YamlNode::Kind::kList;
      if (key.scalar == "args" || key.scalar == "output_validator_args") {
        if (!list && !value.scalar.empty()) {
          return Fail(fmt::format("{}:{}: {} must be a list of strings", file.string(), value.line,
                                  key.scalar));
        }
        (key.scalar == "args" ? settings->args : settings->validator_flags) = YamlWords(value);
      } else if (key.scalar == "output_validator_flags") {
        const YamlNode* flags = value.kind == YamlNode::Kind::kMap ? value.Find("flags") : &value;
        settings->validator_flags =
            flags == nullptr ? std::vector<std::string>() : YamlWords(*flags);
      }
    }
    return {};
  }

  Status Test(const fs::path& path, const std::string& name, DataSettings settings) {
    const fs::path answer = fs::path(path).replace_extension(".ans");
    if (!fs::exists(answer) && problem_->validation != Validation::kInteractive) {
      return NoPartner(path, ".ans");
    }
    if (problem_->format == "2025-09") {
      if (Status read = Read(fs::path(path).replace_extension(".yaml"), false, &settings); !read) {
        return read;
      }
    }
    auto input = ReadFile(path, kLargestFile);
    if (!input) return tl::unexpected(input.error());
    TestCase test;
    test.name = name;
    test.args = std::move(settings.args);
    test.validator_flags = flags_;
    test.validator_flags.insert(test.validator_flags.end(), settings.validator_flags.begin(),
                                settings.validator_flags.end());
    if (fs::exists(answer)) {
      auto text = ReadFile(answer, kLargestFile);
      if (!text) return tl::unexpected(text.error());
      test.answer = std::move(*text);
    }
    hash_->Update(fmt::format("\n{} {} {}\n", name, input->size(), test.answer.size()));
    hash_->Update(*input).Update(test.answer);
    for (const auto* words : {&test.validator_flags, &test.args}) {
      for (const std::string& word : *words) hash_->Update(word).Update(" ");
      hash_->Update("\n");
    }
    if (problem_->validation == Validation::kDefault) {
      if (auto parsed = ParseValidatorFlags(test.validator_flags); !parsed) {
        return Fail(fmt::format("{}: {}", path.string(), parsed.error().message));
      }
    }
    test.input = MakeMemoryFile(*input, "input");
    if (Status added = InputFiles(fs::path(path).replace_extension(".files"), &test); !added) {
      return added;
    }
    problem_->tests.push_back(std::move(test));
    return {};
  }

  Status InputFiles(const fs::path& folder, TestCase* test) {
    if (problem_->format != "2025-09" || !fs::is_directory(folder)) return {};
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    if (paths.size() > kMostInputFiles) {
      return Fail(fmt::format("{}: {} files, at most {} are supported", folder.string(),
                              paths.size(), kMostInputFiles));
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      auto text = ReadFile(path, kLargestFile);
      if (!text) return tl::unexpected(text.error());
      const std::string name = fs::relative(path, folder).string();
      hash_->Update(fmt::format("{} {}\n", name, text->size())).Update(*text);
      test->files.emplace_back(name, MakeMemoryFile(*text, "input"));
    }
    return {};
  }

  const std::vector<std::string> flags_;
  Problem* problem_;
  Sha256* hash_;
};

}  // namespace

Status LoadPackageTests(const std::vector<std::string>& flags, Problem* problem, Sha256* hash) {
  Loader loader(flags, problem, hash);
  DataSettings outer;  // The data folder's own settings hold for both parts.
  if (Status read = loader.Group(problem->folder / "data", &outer); !read) return read;
  for (const char* part : {"sample", "secret"}) {
    const fs::path data = problem->folder / "data" / part;
    if (!fs::is_directory(data)) continue;
    if (Status loaded = loader.Folder(data, std::string(part) + "/", outer); !loaded) return loaded;
  }
  return {};
}

Status LoadFolderTests(Problem* problem, Sha256* hash) {
  return Loader({}, problem, hash).Folder(problem->folder, "", {});
}

}  // namespace tesuji::verifier
