// Problem packages (icpc.io/problem-package-format, "legacy" and "2025-09") and plain folders.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/files.h"
#include "core/sha256.h"
#include "verifier/problem/package_data.h"
#include "verifier/problem/package_settings.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

Status LoadValidator(const fs::path& path, Problem* problem, Sha256* hash) {
  std::vector<SourceFile> sources;
  const auto add = [&](const fs::path& file, const std::string& name) -> Status {
    auto text = ReadFile(file, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    hash->Update(name).Update("\n").Update(*text);
    sources.push_back({name, WithConstants(*text, problem->constants)});
    return {};
  };
  if (fs::is_directory(path)) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      if (file.filename() == "build" || file.filename() == "run") {
        return Fail(fmt::format("{}: build and run scripts of validators are not supported",
                                file.string()));
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

/// What lies beside validators without being one: notes, hidden files, what Python leaves.
bool IsNoProgram(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string extension = path.extension().string();
  return name.starts_with('.') || name == "__pycache__" || name == "README" || extension == ".md" ||
         extension == ".txt";
}

Status LoadValidators(Problem* problem, Sha256* hash) {
  for (const char* name : {"output_validators", "output_validator"}) {
    const fs::path folder = problem->folder / name;
    if (!fs::is_directory(folder)) continue;
    std::vector<fs::path> entries;
    bool has_files = false;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (IsNoProgram(entry.path())) continue;
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

/// include/LANGUAGE/: files that go with every submission in that language, or in any.
Status LoadIncludes(Problem* problem, Sha256* hash) {
  const fs::path folder = problem->folder / "include";
  if (!fs::is_directory(folder)) return {};
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    const fs::path inside = fs::relative(path, folder);
    if (!inside.has_parent_path()) {
      return Fail(fmt::format("{}: must lie in a folder named by a language", path.string()));
    }
    auto text = ReadFile(path, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    hash->Update(inside.string()).Update("\n").Update(*text);
    problem->includes[inside.begin()->string()].push_back(
        {fs::relative(path, folder / *inside.begin()).string(),
         WithConstants(*text, problem->constants)});
  }
  return {};
}

}  // namespace

std::string Problem::KindOfOwn(const fs::path& path) const {
  if (!is_package()) return {};
  std::error_code error;
  const fs::path base = fs::weakly_canonical(folder / "submissions", error);
  const fs::path inside = fs::weakly_canonical(path, error).lexically_relative(base);
  const std::string kind = inside.empty() ? "" : inside.begin()->string();
  return kind == ".." || kind == "." ? "" : kind;
}

namespace {

Result<Problem> LoadPackage(const fs::path& folder) {
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
    if (Status read = ReadPackageSettings(*root, file.string(), &problem, &flags); !read) {
      return tl::unexpected(read.error());
    }
    if (Status loaded = LoadIncludes(&problem, &hash); !loaded) {
      return tl::unexpected(loaded.error());
    }
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
