// Problem packages (icpc.io/problem-package-format, "legacy" and "2025-09") and plain folders.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "core/files.h"
#include "core/sha256.h"
#include "verifier/problem/package_data.h"
#include "verifier/problem/package_files.h"
#include "verifier/problem/package_settings.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

/// A program of the package, one file or a folder, with constants filled in.
Result<std::vector<SourceFile>> LoadProgram(const fs::path& path, const Problem& problem,
                                            Sha256* hash) {
  std::vector<fs::path> files = {path};
  if (fs::is_directory(path)) {
    auto below = FilesBelow(path);
    if (!below) return tl::unexpected(below.error());
    files = std::move(*below);
  }
  std::vector<SourceFile> sources;
  for (const fs::path& file : files) {
    const std::string name =
        (file == path ? file.filename() : file.lexically_relative(path)).string();
    if (file != path && (name == "build" || name == "run")) {
      return Fail(
          fmt::format("{}: build and run scripts of programs are not supported", file.string()));
    }
    auto text = ReadFile(file, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    if (IsHidden(file) || IsCompiledCode(file.lexically_relative(path), *text)) continue;
    hash->Update(name).Update("\n").Update(*text);
    sources.push_back({name, WithConstants(*text, problem.constants)});
  }
  if (sources.empty()) return Fail(fmt::format("{}: is empty", path.string()));
  return sources;
}

/// What lies beside validators without being one: notes, hidden files, what Python leaves.
bool IsNoProgram(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string extension = path.extension().string();
  return name.starts_with('.') || name == "__pycache__" || name == "README" || extension == ".md" ||
         extension == ".txt";
}

/// The programs in a folder of the package, which may be one program itself if `may_be_one`.
Result<std::vector<fs::path>> ProgramsIn(const fs::path& folder, bool may_be_one) {
  std::vector<fs::path> entries;
  if (!fs::is_directory(folder)) return entries;
  bool has_files = false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (IsNoProgram(entry.path())) continue;
    entries.push_back(entry.path());
    has_files = has_files || entry.is_regular_file();
  }
  std::sort(entries.begin(), entries.end());
  if (has_files && may_be_one) entries = {folder};
  return entries;
}

Status LoadValidators(Problem* problem, Sha256* hash) {
  for (const char* name : {"output_validators", "output_validator"}) {
    auto programs = ProgramsIn(problem->folder / name, std::string(name) == "output_validator");
    if (!programs) return tl::unexpected(programs.error());
    for (const fs::path& path : *programs) {
      auto loaded = LoadProgram(path, *problem, hash);
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
  auto programs = ProgramsIn(problem->folder / name, may_be_one);
  if (!programs) return tl::unexpected(programs.error());
  if (programs->size() > 1) {
    return Fail(fmt::format("{}: holds {} programs, at most one is used",
                            (problem->folder / name).string(), programs->size()));
  }
  if (programs->empty()) return {};
  auto loaded = LoadProgram(programs->front(), *problem, hash);
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
                           "output_validator", "graders", "static_validator"}) {
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
