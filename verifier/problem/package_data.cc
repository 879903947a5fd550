#include "verifier/problem/package_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/files.h"
#include "verifier/problem/default_validator.h"
#include "verifier/problem/group_rules.h"
#include "verifier/problem/group_settings.h"
#include "verifier/problem/package_files.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30;
/// Of one test. With those of a submission they travel as descriptors of one message.
constexpr std::size_t kMostInputFiles = 64;
constexpr int kDeepestLoad =
    24;  // CheckInside() finds deeper folders, not links that go in circles.

/// What a folder holds, in the order of judging: by name without extension.
std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!IsHidden(entry.path())) entries.push_back(entry.path());
  }
  const auto name = [](const fs::path& path) {
    return fs::is_directory(path) ? path.filename().string() : path.stem().string();
  };
  std::sort(entries.begin(), entries.end(), [&](const fs::path& a, const fs::path& b) {
    return std::pair(name(a), a) < std::pair(name(b), b);
  });
  return entries;
}

fs::path Beside(fs::path path, const char* extension) { return path.replace_extension(extension); }

class Loader {
 public:
  Loader(ValidatorFlagWords flags, Problem* problem, Sha256* hash)
      : flags_(std::move(flags)), problem_(problem), hash_(hash) {}

  /// Inputs alone make a test: also where a validator needs an answer.
  void TakeWithoutAnswers() { answers_needed_ = false; }

  /// `name` is the folder's under data/, `group` the index of the group that its tests belong to.
  Status Folder(const fs::path& folder, const std::string& name, const DataSettings& inherited,
                std::size_t group, int depth = 0) {
    if (depth > kDeepestLoad) {
      return Fail(
          fmt::format("{}: folders are nested too deep; does a link lead to a folder above "
                      "it?",
                      folder.string()));
    }
    DataSettings settings = inherited;
    GroupKeys keys;
    if (Status read = ReadGroup(folder, &settings, &keys); !read) return read;
    if (IsGroup(name, keys)) {
      const std::size_t own = problem_->groups.size();
      problem_->groups.push_back({name, {}, settings.grader, {}});
      all_keys_.push_back(keys);
      if (Status loaded = Entries(folder, name, settings, own, depth); !loaded) return loaded;
      // Nothing can be said of a group without members.
      const bool empty = problem_->groups[own].members.empty() && !keys.bound.static_test;
      if (!empty) problem_->groups[group].members.push_back({true, own});
      return {};
    }
    return Entries(folder, name, settings, group, depth);
  }

  /// The group of all tests, whose settings hold for both parts.
  Status Root(const fs::path& folder, DataSettings* settings) {
    GroupKeys keys;
    if (problem_->is_package()) {
      if (Status read = ReadGroup(folder, settings, &keys); !read) return read;
    }
    problem_->groups.push_back({"data", {}, settings->grader, {}});
    all_keys_.push_back(keys);
    return {};
  }

  Status Finish() { return SetGroupRules(all_keys_, problem_); }

 private:
  Status ReadGroup(const fs::path& folder, DataSettings* settings, GroupKeys* keys) {
    if (!problem_->is_package()) return {};
    for (const char* name : {"testdata.yaml", "test_group.yaml"}) {
      const fs::path file = folder / name;
      if (Status read = ReadDataSettings(file, SettingsKind::kGroup, *problem_, settings, keys);
          !read) {
        return read;
      }
    }
    return {};
  }
  /// With graders every folder is a group, else those below secret/ that have a file of their own.
  bool IsGroup(const std::string& name, const GroupKeys& keys) const {
    if (!problem_->is_package()) return false;
    return problem_->graders || name == "sample" || name == "secret" || !keys.file.empty();
  }

  Status Entries(const fs::path& folder, const std::string& name, const DataSettings& settings,
                 std::size_t group, int depth) {
    const std::string prefix = name.empty() ? "" : name + "/";
    for (const fs::path& path : EntriesOf(folder)) {
      Status done;
      const fs::path extension = path.extension();
      if (fs::is_directory(path)) {
        if (extension == ".files") {
          if (!fs::exists(Beside(path, ".in"))) done = NoPartner(path, ".in");
        } else {
          done = Folder(path, prefix + path.filename().string(), settings, group, depth + 1);
        }
      } else if (extension == ".ans") {
        if (!fs::exists(Beside(path, ".in"))) done = NoPartner(path, ".in");
      } else if (extension == ".in") {
        done = Test(path, prefix + path.stem().string(), settings, group);
      }
      if (!done) return done;
    }
    return {};
  }

  static Status NoPartner(const fs::path& path, const std::string& extensions) {
    return Fail(fmt::format("{}: has no {} file beside it", path.string(), extensions));
  }

  Status Test(const fs::path& path, const std::string& name, DataSettings settings,
              std::size_t group) {
    const bool plain = !problem_->is_package();
    fs::path answer = Beside(path, ".ans");
    // Other collections of tests call the answer what a program puts out.
    if (plain && !fs::exists(answer)) answer = Beside(path, ".out");
    const bool answered = fs::exists(answer);
    if (!answered && answers_needed_ && problem_->validation != Validation::kInteractive) {
      return NoPartner(path, plain ? ".ans or .out" : ".ans");
    }
    if (problem_->format == "2025-09") {
      GroupKeys keys;
      if (Status read = ReadDataSettings(Beside(path, ".yaml"), SettingsKind::kTest, *problem_,
                                         &settings, &keys);
          !read) {
        return read;
      }
    }
    auto input = ReadFile(path, kLargestFile);
    if (!input) return tl::unexpected(input.error());
    TestCase test;
    test.name = name;
    test.args = std::move(settings.args);
    test.input_validator_flags = std::move(settings.input);
    if (Status added = SetValidatorFlags(settings.output, &test); !added) return added;
    if (answered) {
      auto text = ReadFile(answer, kLargestFile);
      if (!text) return tl::unexpected(text.error());
      test.answer = std::move(*text);
    }
    Hash(test, *input);
    test.input = MakeMemoryFile(*input, "input");
    if (Status added = InputFiles(Beside(path, ".files"), &test); !added) return added;
    problem_->groups[group].members.push_back({false, problem_->tests.size()});
    problem_->tests.push_back(std::move(test));
    return {};
  }

  /// Those of problem.yaml, then the test's. Flags that the default validator does not take are
  /// blamed on the file that holds them.
  Status SetValidatorFlags(const ValidatorFlagWords& own, TestCase* test) {
    test->validator_flags = flags_.words;
    test->validator_flags.insert(test->validator_flags.end(), own.words.begin(), own.words.end());
    if (problem_->validation != Validation::kDefault) return {};
    const auto all = ParseValidatorFlags(test->validator_flags);
    if (all) return {};
    const auto outer = ParseValidatorFlags(flags_.words);
    if (!outer) return Fail(fmt::format("{}: {}", flags_.origin, outer.error().message));
    return Fail(fmt::format("{}: {}", own.origin, all.error().message));
  }

  void Hash(const TestCase& test, const std::string& input) {
    hash_->Update(fmt::format("\n{} {} {}\n", test.name, input.size(), test.answer.size()));
    hash_->Update(input).Update(test.answer);
    for (const auto* words : {&test.validator_flags, &test.args}) {
      for (const std::string& word : *words) hash_->Update(word).Update(" ");
      hash_->Update("\n");
    }
  }

  Status InputFiles(const fs::path& folder, TestCase* test) {
    if (problem_->format != "2025-09" || !fs::is_directory(folder)) return {};
    auto paths = FilesBelow(folder);
    if (!paths) return tl::unexpected(paths.error());
    if (paths->size() > kMostInputFiles) {
      return Fail(fmt::format("{}: {} files, at most {} are supported", folder.string(),
                              paths->size(), kMostInputFiles));
    }
    for (const fs::path& path : *paths) {
      auto text = ReadFile(path, kLargestFile);
      if (!text) return tl::unexpected(text.error());
      const std::string name = path.lexically_relative(folder).string();
      hash_->Update(fmt::format("{} {}\n", name, text->size())).Update(*text);
      test->files.emplace_back(name, MakeMemoryFile(*text, "input"));
    }
    return {};
  }

  const ValidatorFlagWords flags_;
  Problem* problem_;
  Sha256* hash_;
  bool answers_needed_ = true;
  std::vector<GroupKeys> all_keys_;  ///< One a group.
};

}  // namespace

Status LoadPackageTests(const ValidatorFlagWords& flags, Problem* problem, Sha256* hash) {
  const fs::path data = problem->folder / "data";
  if (problem->format != "legacy") {
    const auto graders = HasGraderKeys(data);
    if (!graders) return tl::unexpected(graders.error());
    problem->graders = *graders;
  }
  Loader loader(flags, problem, hash);
  DataSettings outer;
  if (Status read = loader.Root(data, &outer); !read) return read;
  for (const char* part : {"sample", "secret"}) {
    if (!fs::is_directory(data / part)) continue;
    if (Status loaded = loader.Folder(data / part, part, outer, 0); !loaded) return loaded;
  }
  return loader.Finish();
}

Status LoadFolderTests(Problem* problem, Sha256* hash) {
  Loader loader({}, problem, hash);
  DataSettings settings;
  if (Status read = loader.Root(problem->folder, &settings); !read) return read;
  return loader.Folder(problem->folder, "", settings, 0);
}

Result<std::vector<TestCase>> LoadExtraTests(const Problem& problem, const std::string& part) {
  const fs::path data = problem.folder / "data";
  Problem extra;  // Only what decides how its files are read.
  extra.folder = problem.folder;
  extra.format = problem.format;
  extra.validation = problem.validation;
  extra.constants = problem.constants;
  Sha256 ignored;
  Loader loader({}, &extra, &ignored);
  loader.TakeWithoutAnswers();
  DataSettings settings;
  if (Status read = loader.Root(data, &settings); !read) return tl::unexpected(read.error());
  if (fs::is_directory(data / part)) {
    if (Status loaded = loader.Folder(data / part, part, settings, 0); !loaded) {
      return tl::unexpected(loaded.error());
    }
  }
  return std::move(extra.tests);
}

}  // namespace tesuji::verifier
