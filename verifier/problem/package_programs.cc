#include "verifier/problem/package_programs.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/files.h"
#include "verifier/problem/package_files.h"
#include "verifier/problem/package_settings.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

/// What lies beside validators without being one: notes, hidden files, what Python leaves.
bool IsNoProgram(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string extension = path.extension().string();
  return IsPassedOver(path) || name == "README" || extension == ".md" || extension == ".txt";
}

}  // namespace

std::vector<fs::path> ProgramsIn(const fs::path& folder, bool may_be_one) {
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

Result<std::vector<SourceFile>> LoadPackageProgram(const fs::path& path, const Problem& problem,
                                                   Sha256* hash) {
  std::vector<fs::path> files = {path};
  if (fs::is_directory(path)) {
    auto below = FilesBelow(path);
    if (!below) return tl::unexpected(below.error());
    files = std::move(*below);
  }
  std::vector<SourceFile> sources;
  const bool scripts = fs::exists(path / "build") || fs::exists(path / "run");
  for (const fs::path& file : files) {
    const fs::path name = file == path ? file.filename() : file.lexically_relative(path);
    if (std::ranges::any_of(name, IsHidden)) continue;
    auto text = ReadFile(file, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    if (!scripts && IsCompiledCode(name, *text)) continue;
    hash->Update(name.string()).Update("\n").Update(*text);
    sources.push_back({name.string(), WithConstants(*text, problem.constants)});
  }
  if (sources.empty()) return Fail(fmt::format("{}: is empty", path.string()));
  MainFileFirst(&sources);
  return sources;
}

bool HasScripts(const std::vector<SourceFile>& files) {
  return std::ranges::any_of(
      files, [](const SourceFile& file) { return file.name == "build" || file.name == "run"; });
}

void MainFileFirst(std::vector<SourceFile>* files) {
  const auto main = std::ranges::find(*files, "__main__.py", &SourceFile::name);
  if (main != files->end()) std::rotate(files->begin(), main, main + 1);
}

}  // namespace tesuji::verifier
