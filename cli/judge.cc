#include "cli/judge.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <map>

#include "core/files.h"
#include "verifier/judge/batch.h"

namespace tesuji::cli {
namespace {

struct Arguments {
  std::string problem;
  std::vector<std::string> submissions;
  std::string languages;
  std::string cache;
  verifier::BatchOptions batch;
  double time_limit = 0;
  std::int64_t memory_limit = 0;
  bool json = false;
  bool no_isolation = false;
  bool no_cgroups = false;
  bool no_cache = false;
  bool canonical = false;
};

void PrintReport(const verifier::Report& report, bool json) {
  if (json) {
    PrintJson(report.ToJson());
    return;
  }
  double cpu = 0;
  std::int64_t memory = 0;
  for (const auto& test : report.tests) {
    cpu = std::max(cpu, static_cast<double>(test.cpu.count()) * 1e-6);
    memory = std::max(memory, test.memory_bytes);
  }
  std::cout << fmt::format("{:<4}{:>4} tests {:>9.1f} ms {:>8} KiB  {}\n",
                           env::VerdictName(report.verdict), report.tests.size(), cpu,
                           memory / 1024, report.submission);
  if (report.verdict != env::Verdict::kAccepted) {
    if (!report.tests.empty()) {
      const auto& last = report.tests.back();
      std::cout << fmt::format("      {}: {}\n", last.name, last.reason);
    }
    if (!report.message.empty()) std::cout << "      " << report.message << "\n";
  }
  std::cout.flush();
}

int Judge(Arguments arguments) {
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
  if (!arguments.languages.empty()) {
    auto text = ReadFile(arguments.languages);
    if (!text) return Complain(text.error().message);
    if (Status read = languages.Extend(*text, arguments.languages); !read) {
      return Complain(read.error().message);
    }
  }
  std::map<std::string, int> counts;
  int wrong = 0;
  int internal = 0;
  const auto show = [&](const verifier::Report& report) {
    PrintReport(report, arguments.json);
    ++counts[std::string(env::VerdictName(report.verdict))];
    if (report.verdict == env::Verdict::kInternalError) {
      ++internal;
    } else if (report.verdict != env::Verdict::kAccepted) {
      ++wrong;
    }
  };
  const bool tasks = !std::filesystem::is_directory(arguments.problem);
  if (tasks && arguments.submissions.size() > 1) {
    return Complain("function tasks take at most one file of submissions");
  }
  if (!tasks && arguments.submissions.empty()) return Complain("no submissions given");
  const Result<verifier::BatchSummary> done =
      tasks ? verifier::JudgeFunctionTasks(
                  arguments.problem,
                  arguments.submissions.empty() ? "" : arguments.submissions.front(),
                  arguments.canonical, std::move(languages), options, show)
            : verifier::JudgePackage(arguments.problem, arguments.submissions, std::move(languages),
                                     options, show);
  if (!done) {
    return Complain(done.error().message,
                    done.error().message.starts_with("the sandbox") ? kMachine : kUsage);
  }
  for (const std::string& skipped : done->skipped)
    std::cerr << "tesuji: skipped " << skipped << "\n";
  int total = 0;
  std::string line;
  for (const auto& [name, count] : counts) {
    line += fmt::format("  {} {}", name, count);
    total += count;
  }
  if (total != 1 || !arguments.json) {
    std::cerr << fmt::format("{} judged in {:.1f} s:{}\n", total, done->seconds, line);
  }
  if (internal > 0) return kMachine;
  return wrong > 0 || !done->skipped.empty() ? kFailed : kDone;
}

}  // namespace

void AddJudgeCommand(CLI::App* app, Context* context) {
  auto a = std::make_shared<Arguments>();
  auto* command = AddCommand(app, context, "judge",
                             "Compile and test submissions in a sandbox; exit 1 unless all are "
                             "accepted.",
                             [=] { return Judge(*a); });
  command
      ->add_option("problem", a->problem,
                   "A problem package, a folder of .in and .ans files, or a .jsonl file of "
                   "function tasks.")
      ->required();
  command->add_option(
      "submissions", a->submissions,
      "Source files or folders; for function tasks a .jsonl of {task_id, solution}.");
  command->add_flag("--canonical", a->canonical, "Judge the tasks' own solutions.");
  command->add_option("--language", a->batch.language, "Language id instead of by file name.");
  command->add_option("--languages", a->languages, "TOML file that extends the language table.");
  command->add_option("--time-limit", a->time_limit,
                      "CPU seconds a test, instead of the problem's.");
  command->add_option("--memory-limit", a->memory_limit, "MiB, instead of the problem's.");
  command->add_option("--workers", a->batch.workers, "Judging lanes; 0: one a processor.");
  command->add_option("--cache", a->cache, "Folder of the compile cache.");
  command->add_flag("--no-cache", a->no_cache, "Compile everything anew.");
  command->add_flag("--all", a->batch.judge.all_tests,
                    "Run all tests, not up to the first failure.");
  command->add_flag("--confirm", a->batch.judge.confirm,
                    "Accept only what is accepted twice under other conditions.");
  command->add_flag("--sanitize", a->batch.judge.sanitize,
                    "What is accepted must also pass under ASan and UBSan.");
  command->add_flag("--no-cgroups", a->no_cgroups, "Do not use control groups.");
  command->add_flag("--no-isolation", a->no_isolation,
                    "DANGEROUS: run programs unisolated; every result is marked.");
  command->add_flag("--json", a->json, "One JSON object a submission.");
  command->footer("Example: tesuji judge problems/hello problems/hello/submissions/*/*.cc --json");
}

}  // namespace tesuji::cli
