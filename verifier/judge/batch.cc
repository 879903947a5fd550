#include "verifier/judge/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>

#include "core/sha256.h"
#include "verifier/judge/function_judge.h"
#include "verifier/judge/lanes.h"

namespace tesuji::verifier {
namespace {

/// Runs jobs on lanes and shows their reports in order on the caller's thread.
class InOrder {
 public:
  using Work = std::function<Result<Report>(Workplace&)>;

  InOrder(Lanes& lanes, const ShowReport& show, const ShowProgress& progress)
      : lanes_(lanes), show_(show), progress_(progress) {}

  /// At most a few jobs a lane are in flight. A job that fails is named in `skipped`.
  void Run(std::size_t count, const std::function<Work(std::size_t)>& make,
           const std::function<std::string(std::size_t)>& name, std::vector<std::string>* skipped) {
    std::vector<std::optional<Result<Report>>> done(count);
    std::mutex mutex;
    std::condition_variable changed;
    const std::size_t window = static_cast<std::size_t>(lanes_.count()) * 4;
    std::size_t posted = 0;
    std::size_t finished = 0;  // Guarded by the mutex, as is `done`.
    std::size_t told = 0;
    for (std::size_t shown = 0; shown < count; ++shown) {
      for (; posted < count && posted < shown + window; ++posted) {
        lanes_.Post([&, index = posted, work = make(posted)](Workplace& workplace) {
          Result<Report> report = Guarded(work, workplace);
          const std::lock_guard<std::mutex> lock(mutex);
          done[index] = std::move(report);
          ++finished;
          changed.notify_all();
        });
      }
      std::unique_lock<std::mutex> lock(mutex);
      while (!done[shown].has_value()) {
        if (progress_ && told != finished) {
          told = finished;
          lock.unlock();
          progress_(told, count);
          lock.lock();
          continue;
        }
        changed.wait(lock);
      }
      Result<Report> report = std::move(*done[shown]);
      lock.unlock();
      if (report) {
        report->submission = name(shown);  // Also of those that ended in an exception.
        show_(*report);
      } else {
        skipped->push_back(report.error().message);
      }
    }
  }

 private:
  static Result<Report> Guarded(const Work& work, Workplace& workplace) {
    try {
      return work(workplace);
    } catch (const std::exception& error) {  // The machine failed: no verdict.
      Report report;
      report.message = error.what();
      return report;
    }
  }
  Lanes& lanes_;
  const ShowReport& show_;
  const ShowProgress& progress_;
};

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

Result<BatchSummary> JudgeFunctionTasks(const std::filesystem::path& tasks_file,
                                        const std::filesystem::path& submissions_file,
                                        bool canonical, LanguageTable languages,
                                        const BatchOptions& options, const ShowReport& show) {
  auto tasks = LoadFunctionTasks(tasks_file);
  if (!tasks) return tl::unexpected(tasks.error());
  std::vector<FunctionSubmission> submissions;
  if (!submissions_file.empty()) {
    auto loaded = LoadFunctionSubmissions(submissions_file);
    if (!loaded) return tl::unexpected(loaded.error());
    submissions = std::move(*loaded);
  } else if (canonical) {
    for (const FunctionTask& task : *tasks) {
      submissions.push_back({task.id, task.id, task.canonical_solution});
    }
  } else {
    return Fail("function tasks need a file of submissions or --canonical");
  }
  std::vector<const FunctionTask*> wanted;
  for (const FunctionSubmission& submission : submissions) {
    const FunctionTask* found = nullptr;
    for (const FunctionTask& task : *tasks) {
      if (task.id == submission.task_id) found = &task;
    }
    if (found == nullptr) {
      return Fail(fmt::format("{}: no task '{}'", submissions_file.string(), submission.task_id));
    }
    wanted.push_back(found);
  }
  auto sandbox = Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  Compiler compiler(std::move(languages), options.compiler);
  BatchSummary summary;
  const auto start = std::chrono::steady_clock::now();
  FunctionJudge judge(compiler, options.judge);
  Lanes lanes(*sandbox, options.workers, compiler.mounts());
  InOrder(lanes, show, options.progress)
      .Run(
          submissions.size(),
          [&](std::size_t i) {
            return [&judge, &submission = submissions[i],
                    task = wanted[i]](Workplace& workplace) -> Result<Report> {
              return judge.Judge(workplace, *task, submission);
            };
          },
          [&](std::size_t i) { return submissions[i].name; }, &summary.skipped);
  summary.seconds = Seconds(start);
  return summary;
}

}  // namespace tesuji::verifier
