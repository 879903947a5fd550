#include "verifier/judge/time_limit.h"

#include <algorithm>
#include <cmath>

#include "verifier/judge/submission_judge.h"
#include "verifier/problem/package_files.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

using env::Verdict;

namespace {

/// Folders and files directly in submissions/FOLDER/, those that say so or are accepted.
std::vector<fs::path> Setters(const Problem& problem, const SubmissionRules& rules) {
  std::vector<fs::path> setters;
  std::error_code ignored;
  for (const auto& kind : fs::directory_iterator(problem.folder / "submissions", ignored)) {
    if (!fs::is_directory(kind.symlink_status()) || IsPassedOver(kind.path())) continue;
    for (const auto& entry : fs::directory_iterator(kind.path(), ignored)) {
      if (IsPassedOver(entry.path())) continue;
      const auto name = kind.path().filename();
      const SubmissionPlan plan = rules.For(name / entry.path().filename());
      if (plan.sets_time_limit.value_or(name == "accepted")) setters.push_back(entry.path());
    }
  }
  std::sort(setters.begin(), setters.end());
  return setters;
}

}  // namespace

double CalibrateTimeLimit(Compiler& compiler, Workplace& workplace, const Problem& problem,
                          const SubmissionRules& rules,
                          const std::function<void(const std::string&)>& tell) {
  constexpr double kNothingToGoBy = 10;
  if (problem.answers_only) return kNothingToGoBy;
  JudgeOptions options;
  options.time_limit_seconds = 20;
  options.all_tests = true;
  SubmissionJudge judge(compiler, problem, options);
  double slowest = -1;
  for (const fs::path& path : Setters(problem, rules)) {
    auto submission = LoadSubmission(path, problem.folder);
    if (!submission) continue;  // Named as skipped when it is judged itself.
    ApplyPackageRules(problem, path, /*has_time_limit=*/true, &*submission);
    const SubmissionPlan plan = rules.For(problem.PathOfOwn(path));
    if (!ApplyPlan(plan, compiler.languages(), &*submission)) continue;
    if (tell) tell(path.filename().string());
    auto report = judge.Judge(workplace, *submission);
    const bool accepted = report && (report->verdict == Verdict::kAccepted || plan.sets_time_limit);
    if (!accepted) continue;
    for (const TestReport& test : report->tests) {
      slowest = std::max(slowest, static_cast<double>(test.cpu.count()) * 1e-9);
    }
  }
  if (slowest < 0) return kNothingToGoBy;
  const double step = problem.limits.time_resolution;
  return std::max(1.0, std::ceil(slowest * problem.limits.accepted_multiplier / step)) * step;
}

}  // namespace tesuji::verifier
