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
#include "core/files.h"
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

int Judge(JudgeArguments arguments) {
  verifier::BatchOptions& options = arguments.batch;
  if (arguments.time_limit > 0) options.judge.time_limit_seconds = arguments.time_limit;
  if (arguments.memory_limit > 0) options.judge.memory_limit_mib = arguments.memory_limit;
  options.sandbox.without_isolation = arguments.no_isolation;
  options.sandbox.use_cgroups = !arguments.no_cgroups;
  options.compiler.cache_folder = arguments.no_cache ? std::filesystem::path()
                                  : arguments.cache.empty()
                                      ? verifier::DefaultCacheFolder()
                                      : std::filesystem::path(arguments.cache);
  auto languages = verifier::LanguageTable::BuiltIn();
  if (arguments.problem.empty() && !arguments.languages) {
    return Complain("problem is missing: a package, a folder of tests or a file of tasks");
  }
  if (!arguments.languages.value_or("").empty()) {
    auto text = ReadFile(*arguments.languages);
    if (!text) return Complain(text.error().message);
    if (Status read = languages.Extend(*text, *arguments.languages); !read) {
      return Complain(read.error().message);
    }
  }
  if (arguments.problem.empty() || arguments.languages == "") {
    const Status listed = ListLanguages(languages, options.sandbox, arguments.json);
    return listed ? kDone : Complain(listed.error().message, kMachine);
  }
  if (arguments.check_data) {
    if (!arguments.submissions.empty() || arguments.canonical) {
      return Complain("--check-data checks the package's tests: it takes no submissions");
    }
    return CheckPackageData(arguments.problem, std::move(languages), options, arguments.json);
  }
  Tally tally;
  campaign::ProgressLine progress;
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const auto start = std::chrono::steady_clock::now();
  options.standard_input = &std::cin;
  options.progress = [&](const verifier::BatchProgress& now) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if ((terminal && now.total > 1) || passed.count() > kQuietSeconds) {
      progress.Show(tally.Line(now, passed.count()));
    }
  };
  const auto show = [&](const verifier::Report& report) {
    if (terminal) progress.Show("");  // Out of the way of the report.
    PrintReport(report, arguments.json);
    tally.Add(report);
  };
  std::error_code unknown;
  if (!std::filesystem::exists(arguments.problem, unknown)) {
    return Complain(arguments.problem + ": " +
                    (unknown ? unknown.message() : "no such package, folder or file of tasks"));
  }
  const bool tasks = !std::filesystem::is_directory(arguments.problem);
  if (tasks && arguments.canonical && !arguments.submissions.empty()) {
    return Complain("--canonical judges the tasks' own solutions: it takes no submissions");
  }
  if (!tasks && arguments.canonical) {
    return Complain("--canonical is for files of tasks, not for packages and folders");
  }
  const Result<verifier::BatchSummary> done =
      tasks ? verifier::JudgeTasks(arguments.problem, arguments.submissions, arguments.canonical,
                                   std::move(languages), options, show)
            : verifier::JudgePackage(arguments.problem, arguments.submissions, std::move(languages),
                                     options, show);
  if (!done) {
    return Complain(done.error().message,
                    done.error().message.starts_with("the sandbox") ? kMachine : kUsage);
  }
  if (terminal) progress.Show("");
  for (const std::string& skipped : done->skipped) {
    std::cerr << "tesuji: skipped " << Printable(skipped) << "\n";
  }
  for (const std::string& refused : done->refused) {
    std::cerr << "tesuji: " << Printable(refused) << "\n";
  }
  if (tally.total() != 1) {
    (arguments.json ? std::cerr : std::cout) << tally.Table(done->seconds) << std::flush;
  }
  const int internal = tally.Count("IE");
  if (internal > 0) return kMachine;
  if (!done->refused.empty()) return kUsage;
  if (!tasks && arguments.submissions.empty()) {  // The package was checked, not its submissions.
    return tally.unexpected() > 0 || tally.total() == 0 ? kFailed : kDone;
  }
  return tally.total() > tally.Count("AC") || !done->skipped.empty() ? kFailed : kDone;
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
                  "Accept only what is accepted twice under other conditions.");
  command.AddFlag("--sanitize", a->batch.judge.sanitize,
                  "What is accepted must also pass under ASan and UBSan.");
  command.AddFlag("--no-cgroups", a->no_cgroups, "Do not use control groups.");
  command.AddFlag("--no-isolation", a->no_isolation,
                  "DANGEROUS: run programs unisolated; every result is marked.");
  command.AddFlag("--json", a->json, "One JSON object a submission.");
  command.Footer("Example: tesuji judge problems/hello problems/hello/submissions/*/*.cc --json");
}

}  // namespace tesuji::cli
