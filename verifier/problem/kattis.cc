// Problem packages (icpc.io/problem-package-format, "legacy" and "2025-09") and plain folders.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "core/files.h"
#include "core/sha256.h"
#include "verifier/problem/package_data.h"
#include "verifier/problem/package_files.h"
#include "verifier/problem/package_programs.h"
#include "verifier/problem/package_settings.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

Status LoadValidators(Problem* problem, Sha256* hash) {
  for (const char* name : {"output_validators", "output_validator"}) {
    const bool may_be_one = std::string(name) == "output_validator";
    for (const fs::path& path : ProgramsIn(problem->folder / name, may_be_one)) {
      auto loaded = LoadPackageProgram(path, *problem, hash);
      if (!loaded) return tl::unexpected(loaded.error());
      problem->validators.push_back(std::move(*loaded));
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
  if (problem->answers_only && problem->validation == Validation::kInteractive) {
    return Fail(fmt::format("{}: type 'submit-answer' excludes interactive validation",
                            (problem->folder / "problem.yaml").string()));
  }
  if (problem->passes > 1 && problem->validators.size() != 1) {
    return Fail(fmt::format("{}: a multi-pass problem has one output validator of its own, not {}",
                            (problem->folder / "problem.yaml").string(),
                            problem->validators.size()));
  }
  return {};
}

/// At most one program in the folder.
Status LoadOnly(const char* name, bool may_be_one, Problem* problem, Sha256* hash,
                std::vector<SourceFile>* out) {
  const std::vector<fs::path> programs = ProgramsIn(problem->folder / name, may_be_one);
  if (programs.size() > 1) {
    return Fail(fmt::format("{}: holds {} programs, at most one is used",
                            (problem->folder / name).string(), programs.size()));
  }
  if (programs.empty()) return {};
  auto loaded = LoadPackageProgram(programs.front(), *problem, hash);
  if (!loaded) return tl::unexpected(loaded.error());
  *out = std::move(*loaded);
  return {};
}

/// include/LANGUAGE/: files that go with every submission in that language, or in any.
Status LoadIncludes(Problem* problem, Sha256* hash) {
  const fs::path folder = problem->folder / "include";
  if (!fs::is_directory(folder)) return {};
  auto paths = FilesBelow(folder);
  if (!paths) return tl::unexpected(paths.error());
  for (const fs::path& path : *paths) {
    const fs::path inside = path.lexically_relative(folder);
    if (IsHidden(path)) continue;
    if (!inside.has_parent_path()) {
      return Fail(fmt::format("{}: must lie in a folder named by a language", path.string()));
    }
    auto text = ReadFile(path, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    if (IsCompiledCode(inside, *text)) continue;
    hash->Update(inside.string()).Update("\n").Update(*text);
    problem->includes[inside.begin()->string()].push_back(
        {path.lexically_relative(folder / *inside.begin()).string(),
         WithConstants(*text, problem->constants)});
  }
  return {};
}

}  // namespace

fs::path Problem::PathOfOwn(const fs::path& path) const {
  if (!is_package()) return {};
  std::error_code error;
  const fs::path base = fs::weakly_canonical(folder / "submissions", error);
  fs::path named = fs::absolute(path).lexically_normal();
  if (!named.has_filename()) named = named.parent_path();
  named = fs::weakly_canonical(named.parent_path(), error) / named.filename();
  const fs::path inside = named.lexically_relative(base);
  return inside.empty() || *inside.begin() == ".." || *inside.begin() == "." ? fs::path() : inside;
}

std::string Problem::KindOfOwn(const fs::path& path) const {
  const fs::path inside = PathOfOwn(path);
  return inside.empty() ? "" : inside.begin()->string();
}

namespace {

/// Everything that is read of a problem, submissions apart: those are checked one by one.
Status CheckLinks(const fs::path& folder, bool package) {
  if (!package) return CheckInside(folder, folder);
  for (const char* part : {"problem.yaml", ".timelimit", "data", "include", "output_validators",
                           "output_validator", "graders", "static_validator", "input_validators",
                           "input_format_validators", "answer_validators"}) {
    if (Status inside = CheckInside(folder, folder / part); !inside) return inside;
  }
  return {};
}

Result<Problem> LoadPackage(const fs::path& folder) {
  Problem problem;
  problem.folder = folder;
  if (!fs::is_directory(folder)) {
    return Fail(fmt::format("{}: is not a folder with a problem", folder.string()));
  }
  Sha256 hash;
  const fs::path file = folder / "problem.yaml";
  const bool package = fs::exists(fs::symlink_status(file));
  if (Status inside = CheckLinks(folder, package); !inside) return tl::unexpected(inside.error());
  ValidatorFlagWords flags;
  problem.name = fs::absolute(folder).lexically_normal().filename().string();
  if (package) {
    auto text = ReadFile(file, 1U << 20);
    if (!text) return tl::unexpected(text.error());
    hash.Update(*text);
    auto root = ParseYaml(*text, file.string());
    if (!root) return tl::unexpected(root.error());
    if (Status read = ReadPackageSettings(*root, file.string(), &problem, &flags); !read) {
      return tl::unexpected(read.error());
    }
    if (Status loaded = LoadIncludes(&problem, &hash); !loaded) {
      return tl::unexpected(loaded.error());
    }
    if (Status loaded = LoadValidators(&problem, &hash); !loaded) {
      return tl::unexpected(loaded.error());
    }
    for (const auto& [name, single, out] :
         {std::tuple("graders", false, &problem.grader),
          std::tuple("static_validator", true, &problem.static_validator)}) {
      if (Status loaded = LoadOnly(name, single, &problem, &hash, out); !loaded) {
        return tl::unexpected(loaded.error());
      }
    }
    if (problem.answers_only && !problem.static_validator.empty()) {
      return Fail(fmt::format("{}: there are no sources to validate in a submit-answer problem",
                              (folder / "static_validator").string()));
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
  if (Status loaded =
          package ? LoadPackageTests(flags, &problem, &hash) : LoadFolderTests(&problem, &hash);
      !loaded) {
    return tl::unexpected(loaded.error());
  }
  if (problem.tests.empty()) {
    return Fail(fmt::format("{}: has no tests ({})", folder.string(),
                            package ? "data/sample and data/secret hold no .in files"
                                    : "neither problem.yaml nor .in files"));
  }
  problem.sha256 = hash.FinishHex();
  return problem;
}

}  // namespace

Result<Problem> LoadProblem(const fs::path& folder) {
  return FailingByName([&] { return LoadPackage(folder); });
}

}  // namespace tesuji::verifier
