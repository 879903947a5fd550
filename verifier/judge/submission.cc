#include "verifier/judge/submission.h"

#include <fmt/format.h>

#include <algorithm>
#include <istream>

#include "core/files.h"
#include "verifier/judge/expected_results.h"
#include "verifier/problem/expectation.h"
#include "verifier/problem/package_files.h"
#include "verifier/problem/package_programs.h"
#include "verifier/problem/package_settings.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

namespace {

constexpr double kSlowSeconds = 300;  // Also what other tools allow before a limit is known.
constexpr std::size_t kMostFiles = 128;

constexpr std::size_t kMostBytes = 16U << 20;  // Of one file.

bool IsBelow(const fs::path& root, const fs::path& path) {
  const fs::path inside = path.lexically_relative(root);
  return !inside.empty() && *inside.begin() != "..";
}

/// Is it one of the package's own, by its name or by where its folder really is?
bool IsOwn(const fs::path& path, const fs::path& package) {
  if (package.empty()) return false;
  const fs::path named = fs::absolute(package).lexically_normal();
  if (IsBelow(named, fs::absolute(path).lexically_normal())) return true;
  std::error_code error;
  return IsBelow(fs::weakly_canonical(package, error),
                 fs::weakly_canonical(fs::absolute(path).parent_path(), error));
}

/// We may read what the author of a submission may not, such as answers.
Status CheckSubmissionLinks(const fs::path& path, const fs::path& package) {
  if (IsOwn(path, package)) {
    if (Status inside = CheckInside(package, path); !inside) return inside;
    // A folder above it may be a link as well.
    const fs::path real = fs::canonical(path);
    if (IsBelow(fs::canonical(package), real)) return {};
    return Fail(fmt::format("{}: lies behind a link that leads out of {}: not read", path.string(),
                            package.string()));
  }
  const auto refuse = [](const fs::path& link) {
    return Fail(link.string() +
                ": submissions may not hold symbolic links; put the file itself "
                "there");
  };
  if (fs::is_symlink(fs::symlink_status(path))) return refuse(path);
  // "s.py" has an empty parent.
  if (!fs::is_directory(path)) return CheckInside(fs::absolute(path).parent_path(), path);
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_symlink()) return refuse(entry.path());
  }
  return CheckInside(path, path);
}

Result<Submission> LoadFiles(const fs::path& given, const fs::path& package) {
  const fs::path path = given.has_filename() ? given : given.parent_path();  // Of "folder/".
  if (Status checked = CheckSubmissionLinks(path, package); !checked) {
    return tl::unexpected(checked.error());
  }
  Submission submission;
  submission.name = given.string();
  std::vector<fs::path> files = {path};
  if (fs::is_directory(path)) {
    auto below = FilesBelow(path);
    if (!below) return tl::unexpected(below.error());
    files = std::move(*below);
  }
  for (const fs::path& file : files) {
    auto text = ReadFile(file, kMostBytes);
    if (!text) return tl::unexpected(text.error());
    const fs::path name = file == path ? path.filename() : file.lexically_relative(path);
    if (file != path && std::ranges::any_of(name, IsHidden)) continue;
    if (file != path && IsCompiledCode(name, *text)) {
      submission.dropped.push_back(name.string());
      continue;
    }
    submission.files.push_back({name.string(), std::move(*text)});
  }
  if (submission.files.empty()) return Fail(path.string() + ": is a folder without sources");
  MainFileFirst(&submission.files);
  return submission;
}

}  // namespace

Result<Submission> LoadSubmission(const fs::path& path, const fs::path& package) {
  return FailingByName([&] { return LoadFiles(path, package); });
}

Result<Submission> ReadSubmission(std::istream& in, const Language& language) {
  std::string text;
  char buffer[65536];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) {
      return Fail(fmt::format("standard input: more than {} MiB of source", kMostBytes >> 20));
    }
  }
  Submission submission;
  submission.name = "-";
  submission.language = language.id;
  submission.files = {{SourceName(language), std::move(text)}};
  return submission;
}

Status ApplyPlan(const SubmissionPlan& plan, const LanguageTable& languages,
                 Submission* submission) {
  if (!plan.language.empty() && submission->language.empty()) {
    const auto& all = languages.all();
    const auto found = std::ranges::find_if(all, [&](const Language& language) {
      const bool fits = std::ranges::any_of(
          submission->files, [&](const SourceFile& file) { return language.IsSource(file.name); });
      return fits && (language.package_code == plan.language || language.id == plan.language);
    });
    if (found == all.end()) {
      return Fail(fmt::format("{}: submissions.yaml says language '{}', which is not in the table",
                              submission->name, plan.language));
    }
    submission->language = found->id;
  }
  // The first source is what is run.
  const auto entry = std::ranges::find(submission->files, plan.entrypoint, &SourceFile::name);
  if (entry != submission->files.end()) {
    std::rotate(submission->files.begin(), entry, entry + 1);
  }
  submission->beyond_time_limit = plan.beyond_time_limit;
  submission->all_tests = submission->all_tests || plan.beyond_time_limit;
  if (!plan.own_rules) return {};
  submission->rules = plan.rules;
  submission->expected = SuitableVerdicts(plan.rules);
  submission->all_tests = true;
  return {};
}

void ApplyPackageRules(const Problem& problem, const fs::path& path, bool has_time_limit,
                       Submission* submission) {
  const std::string kind = problem.KindOfOwn(path);
  if (kind.empty()) return;
  submission->expected = ExpectedVerdicts(kind, submission->files);
  if (kind == "partially_accepted") {
    SubmissionRule rule;
    rule.partial = true;
    submission->rules = {rule};
  }
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
