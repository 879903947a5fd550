#include "verifier/judge/submission.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/files.h"
#include "verifier/problem/expectation.h"
#include "verifier/problem/package_settings.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

namespace {

constexpr double kSlowSeconds = 300;  // Also what other tools allow before a limit is known.
constexpr std::size_t kMostFiles = 128;

Result<Submission> LoadFiles(const fs::path& path) {
  Submission submission;
  submission.name = path.string();
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      // We may read what its author may not, such as answers.
      if (entry.is_symlink()) {
        return Fail(entry.path().string() + ": submissions may not hold symbolic links");
      }
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(path);
  }
  for (const fs::path& file : files) {
    auto text = ReadFile(file, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    submission.files.push_back(
        {file == path ? path.filename().string() : fs::relative(file, path).string(),
         std::move(*text)});
  }
  if (submission.files.empty()) return Fail(path.string() + ": is an empty folder");
  return submission;
}

}  // namespace

Result<Submission> LoadSubmission(const fs::path& path) {
  return FailingByName([&] { return LoadFiles(path); });
}

void ApplyPackageRules(const Problem& problem, const fs::path& path, bool has_time_limit,
                       Submission* submission) {
  const std::string kind = problem.KindOfOwn(path);
  if (kind.empty()) return;
  submission->expected = ExpectedVerdicts(kind, submission->files);
  for (SourceFile& file : submission->files) {
    file.text = WithConstants(file.text, problem.constants);
  }
  if (kind == "slow_accepted" && !has_time_limit) {
    submission->time_limit_seconds = kSlowSeconds;
  }
}

std::string Unfit(const std::vector<SourceFile>& files) {
  if (files.size() > kMostFiles) {
    return fmt::format("{} files, at most {} are taken", files.size(), kMostFiles);
  }
  for (const SourceFile& file : files) {
    const std::string first = fs::path(file.name).begin()->string();  // May be a folder.
    if (first == "tmp" || first == "program" || file.name.size() > 200) {
      return fmt::format("'{}' is not a name that a file may have", file.name);
    }
  }
  return {};
}

}  // namespace tesuji::verifier
