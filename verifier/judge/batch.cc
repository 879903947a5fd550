#include "verifier/judge/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "verifier/judge/in_order.h"

namespace tesuji::verifier {
namespace {

/// The package's own folders of submissions stand for what lies in them, and `submissions/` for all
/// of these; a folder anywhere else is one submission of several files.
std::vector<std::string> Unfolded(const Problem& problem, const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  std::error_code error;
  const auto all = std::filesystem::weakly_canonical(problem.folder / "submissions", error);
  for (const std::string& path : paths) {
    auto real = std::filesystem::weakly_canonical(path, error);
    if (!real.has_filename()) real = real.parent_path();  // Of "accepted/".
    const bool everything = real == all;
    if (!problem.is_package() || (!everything && real.parent_path() != all) ||
        !std::filesystem::is_directory(real, error)) {
      out.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      if (!everything || entry.is_directory()) inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    if (everything) inside = Unfolded(problem, inside);
    out.insert(out.end(), inside.begin(), inside.end());
  }
  return out;
}

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

Result<BatchSummary> JudgePackage(const std::filesystem::path& folder,
                                  const std::vector<std::string>& paths, LanguageTable languages,
                                  const BatchOptions& options, const ShowReport& show) {
  auto problem = LoadProblem(folder);
  if (!problem) return tl::unexpected(problem.error());
  BatchSummary summary;
  std::vector<Submission> submissions;
  const auto own = folder / "submissions";
  std::error_code error;
  if (paths.empty() && !(problem->is_package() && std::filesystem::is_directory(own, error))) {
    return Fail(fmt::format("no submissions given, and {} brings none", folder.string()));
  }
  for (const std::string& path :
       Unfolded(*problem, paths.empty() ? std::vector{own.string()} : paths)) {
    auto submission = LoadSubmission(path);
    std::error_code hidden;
    if (!submission && !std::filesystem::exists(path, hidden)) {
      return tl::unexpected(submission.error());
    }
    if (!submission) {
      summary.skipped.push_back(submission.error().message);
      continue;
    }
    submission->language = options.language;
    ApplyPackageRules(*problem, path, options.judge.time_limit_seconds.has_value(), &*submission);
    submissions.push_back(std::move(*submission));
  }
  auto sandbox = Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  if (!options.language.empty() && languages.Find(options.language) == nullptr) {
    return Fail(fmt::format("no language '{}' in the table", options.language));
  }
  Compiler compiler(std::move(languages), options.compiler);
  const auto start = std::chrono::steady_clock::now();
  if (!problem->limits.time_seconds && !options.judge.time_limit_seconds) {
    Workplace workplace(*sandbox, 0, compiler.mounts());
    problem->limits.time_seconds = CalibrateTimeLimit(compiler, workplace, *problem);
  }
  SubmissionJudge judge(compiler, *problem, options.judge);
  Lanes lanes(*sandbox, options.workers, compiler.mounts());
  InOrder(lanes, show, options.progress)
      .Run(
          submissions.size(),
          [&](std::size_t i) {
            return [&judge, &submission = submissions[i]](Workplace& workplace) {
              return judge.Judge(workplace, submission);
            };
          },
          [&](std::size_t i) { return submissions[i].name; }, &summary.skipped);
  summary.seconds = Seconds(start);
  return summary;
}

}  // namespace tesuji::verifier
