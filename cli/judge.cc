#include "cli/judge.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>

#include "campaign/progress.h"
#include "cli/judge_data.h"
#include "cli/judge_languages.h"
#include "cli/judge_output.h"
#include "cli/judge_setup.h"
#include "core/printable.h"
#include "verifier/judge/batch.h"
#include "verifier/problem/formats/formats.h"

namespace tesuji::cli {
namespace {

/// What takes longer shows its progress also where that leaves lines.
constexpr double kQuietSeconds = 3;

struct JudgeArguments {
  std::string problem;
  std::vector<std::string> submissions;
  std::optional<std::string> languages;  // Empty: the option alone.
  std::string cache;
  verifier::BatchOptions batch;
  double time_limit = 0;
  std::int64_t memory_limit = 0;
  bool json = false;
  bool no_isolation = false;
  bool no_cgroups = false;
  bool no_cache = false;
  bool canonical = false;
  bool check_data = false;
};

/// What is judged is one of these.
struct Asked {
  bool languages = false;  ///< No problem: only which languages work.
  bool tasks = false;      ///< A file of tasks; else a package or a folder of tests.
};

/// What is asked for, or why the options do not go together.
Result<Asked> CheckArguments(const JudgeArguments& arguments) {
  if (arguments.problem.empty() && !arguments.languages) {
    return Fail("problem is missing: a package, a folder of tests or a file of tasks");
  }
  if (arguments.problem.empty()) return Asked{.languages = true};
  if (arguments.languages == "") {
    return Fail("--languages without a file tries every language: it takes no problem");
  }
  if (arguments.check_data && (!arguments.submissions.empty() || arguments.canonical)) {
    return Fail("--check-data checks the package's tests: it takes no submissions");
  }
  std::error_code unknown;
  if (!std::filesystem::exists(arguments.problem, unknown)) {
    return Fail(arguments.problem + ": " +
                (unknown ? unknown.message() : "no such package, folder or file of tasks"));
  }
  const bool tasks = !std::filesystem::is_directory(arguments.problem);
  if (tasks && arguments.canonical && !arguments.submissions.empty()) {
    return Fail("--canonical judges the tasks' own solutions: it takes no submissions");
  }
  if (!tasks && arguments.canonical) {
    return Fail("--canonical is for files of tasks, not for packages and folders");
  }
  return Asked{.tasks = tasks};
}

/// Judges, showing each report and the progress. Fails as JudgeTasks() and JudgePackage() do.
Result<verifier::BatchSummary> JudgeAll(const JudgeArguments& arguments, bool tasks,
                                        verifier::LanguageTable languages, Tally* tally) {
  campaign::ProgressLine progress;
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const auto start = std::chrono::steady_clock::now();
  verifier::BatchOptions options = arguments.batch;
  options.standard_input = &std::cin;
  options.progress = [&](const verifier::BatchProgress& now) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if ((terminal && now.total > 1) || passed.count() > kQuietSeconds) {
      progress.Show(tally->Line(now, passed.count()));
    }
  };
  const auto show = [&](const verifier::Report& report) {
    if (terminal) progress.Show("");  // Out of the way of the report.
    PrintReport(report, arguments.json);
    tally->Add(report);
  };
  auto done = tasks ? verifier::JudgeTasks(arguments.problem, arguments.submissions,
                                           arguments.canonical, std::move(languages), options, show)
                    : verifier::JudgePackage(arguments.problem, arguments.submissions,
                                             std::move(languages), options, show);
  if (terminal) progress.Show("");
  return done;
}

ExitCode CodeOf(const JudgeArguments& arguments, bool tasks, const verifier::BatchSummary& done,
                const Tally& tally) {
  if (tally.Count("IE") > 0) return kMachine;
  if (!done.refused.empty()) return kUsage;
  if (!tasks && arguments.submissions.empty()) {  // The package was checked, not its submissions.
    return tally.unexpected() > 0 || tally.total() == 0 ? kFailed : kDone;
  }
  return tally.total() > tally.Count("AC") || !done.skipped.empty() ? kFailed : kDone;
}

int Judge(JudgeArguments arguments) {
  const auto asked = CheckArguments(arguments);
  if (!asked) return Complain(asked.error().message);
  verifier::BatchOptions& options = arguments.batch;
  if (arguments.time_limit > 0) options.judge.time_limit_seconds = arguments.time_limit;
  if (arguments.memory_limit > 0) options.judge.memory_limit_mib = arguments.memory_limit;
  options.sandbox.without_isolation = arguments.no_isolation;
  options.sandbox.use_cgroups = !arguments.no_cgroups;
  if (!arguments.no_cache) options.compiler.cache_folder = CacheFolder(arguments.cache);
  auto languages = verifier::LanguageTable::BuiltIn();
  if (Status read = ExtendLanguages(arguments.languages.value_or(""), &languages); !read) {
    return Complain(read.error().message);
  }
  if (asked->languages) {
    const Status listed = ListLanguages(languages, options.sandbox, arguments.json);
    return listed ? kDone : Complain(listed.error().message, kMachine);
  }
  if (arguments.check_data) {
    return CheckPackageData(arguments.problem, std::move(languages), options, arguments.json);
  }
  Tally tally;
  const auto done = JudgeAll(arguments, asked->tasks, std::move(languages), &tally);
  if (!done) return ComplainOfJudge(done.error());
  for (const std::string& skipped : done->skipped) {
    std::cerr << "tesuji: skipped " << Printable(skipped) << "\n";
  }
  for (const std::string& refused : done->refused) {
    std::cerr << "tesuji: " << Printable(refused) << "\n";
  }
  for (const std::string& line : tally.NotSanitized()) {
    std::cerr << "tesuji: " << Printable(line) << "\n";
  }
  if (tally.total() != 1) {
    (arguments.json ? std::cerr : std::cout) << tally.Table(done->seconds) << std::flush;
  }
  return CodeOf(arguments, asked->tasks, *done, tally);
}

std::string TaskFormatNames() {
  std::string names;
  for (const verifier::TaskFormat& format : verifier::TaskFormats()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
  }
  return names;
}

}  // namespace

void AddJudgeCommand(Command app, Context* context) {
  auto a = std::make_shared<JudgeArguments>();
  auto command = AddCommand(app, context, "judge",
                            "Compile and test submissions in a sandbox; exit 1 unless all are "
                            "accepted. Without any: a package's own, each held against what its "
                            "folder or @EXPECTED_RESULTS@ tag says.",
                            [=] { return Judge(*a); });
  command.Add("problem", a->problem,
              "A problem package, a folder of .in and .ans files, or a .jsonl file of tasks: " +
                  TaskFormatNames() + ".");
  command.Add("submissions", a->submissions,
              "Source files or folders, or - for standard input (with --language); for tasks "
              "also a .jsonl of {task_id, solution}.");
  command.AddFlag("--check-data", a->check_data,
                  "Run the package's input and answer validators on its tests; exit 1 unless all "
                  "are valid.");
  command.AddFlag("--canonical", a->canonical, "Judge the tasks' own solutions.");
  command.Add("--language", a->batch.language, "Language id instead of by file name.");
  command
      .Add("--languages", a->languages,
           "TOML file that extends the language table. Without a problem: tries every language "
           "here and says which work.")
      .OrAlone();
  command.Add("--time-limit", a->time_limit, "CPU seconds a test, instead of the problem's.")
      .Between(0.001, 1e6);
  command.Add("--memory-limit", a->memory_limit, "MiB, instead of the problem's.")
      .Between(1, 1 << 20);
  command.Add("--workers", a->batch.workers, "Judging lanes; 0: one a processor.").Between(0, 1024);
  command.Add("--cache", a->cache, "Folder of the compile cache.");
  command.AddFlag("--no-cache", a->no_cache, "Compile everything anew.");
  command.AddFlag("--all", a->batch.judge.all_tests, "Run all tests, not up to the first failure.");
  command.AddFlag("--confirm", a->batch.judge.confirm,
                  "Accept only what is accepted twice under other conditions; the order of tests "
                  "differs, and that of a function task's checks where each stands alone.");
  command.AddFlag("--sanitize", a->batch.judge.sanitize,
                  "What is accepted in C or C++ must also pass under ASan and UBSan; other "
                  "languages are named as not checked.");
  command.AddFlag("--no-cgroups", a->no_cgroups, "Do not use control groups.");
  command.AddFlag("--no-isolation", a->no_isolation,
                  "DANGEROUS: run programs unisolated; every result is marked.");
  command.AddFlag("--json", a->json, "One JSON object a submission.");
  command.Footer("Example: tesuji judge problems/hello problems/hello/submissions/*/*.cc --json");
}

}  // namespace tesuji::cli
