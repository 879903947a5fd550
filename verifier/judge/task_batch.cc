#include <fmt/format.h>

#include <chrono>

#include "verifier/judge/batch.h"
#include "verifier/judge/function_judge.h"
#include "verifier/judge/in_order.h"

namespace tesuji::verifier {

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
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return summary;
}

}  // namespace tesuji::verifier
