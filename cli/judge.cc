#include "cli/judge.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>

#include "campaign/progress.h"
#include "cli/judge_languages.h"
#include "core/files.h"
#include "core/printable.h"
#include "verifier/judge/batch.h"

namespace tesuji::cli {
namespace {

/// A single submission that takes longer is shown as running.
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
};

double SlowestMilliseconds(const verifier::Report& report) {
  double cpu = 0;
  for (const auto& test : report.tests) {
    cpu = std::max(cpu, static_cast<double>(test.cpu.count()) * 1e-6);
  }
  return cpu;
}

std::int64_t MostKib(const verifier::Report& report) {
  std::int64_t memory = 0;
  for (const auto& test : report.tests) memory = std::max(memory, test.memory_bytes / 1024);
  return memory;
}

/// Each line indented, at most eight of them; they quote what hostile programs print.
std::string Indented(const std::string& text) {
  std::string out;
  int lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) {
      if (++lines > 8) return out + "      […]\n";
      out += "      " + Printable(std::string_view(text).substr(at, end - at)) + "\n";
    }
    at = end + 1;
  }
  return out;
}

void PrintReport(const verifier::Report& report, bool json) {
  if (json) {
    PrintJson(report.ToJson());
    return;
  }
  std::string unexpected;
  if (!report.as_expected()) {
    if (report.expected.empty()) unexpected = "  UNEXPECTED";
    for (const auto verdict : report.expected) {
      unexpected += fmt::format("{}{}", unexpected.empty() ? "  EXPECTED " : " or ",
                                env::VerdictName(verdict));
    }
  }
  const std::string score = report.score ? fmt::format("{:>8.6g} ", *report.score) : "";
  std::cout << fmt::format("{:<4}{}{:>4} tests {:>9.1f} ms {:>8} KiB  {}{}\n",
                           env::VerdictName(report.verdict), score, report.tests.size(),
                           SlowestMilliseconds(report), MostKib(report),
                           Printable(report.submission), unexpected);
  if (report.verdict != env::Verdict::kAccepted) {
    // With --all the first test that failed is of interest, not the last one.
    std::string told;
    for (const auto& test : report.tests) {
      if (test.verdict == env::Verdict::kAccepted) continue;
      told = test.reason;
      std::cout << Indented(test.name + ": " + told);
      break;
    }
    if (report.message != told) std::cout << Indented(report.message);
  }
  for (const auto& group : report.groups) {
    std::cout << fmt::format("      {:<4}{:>8.6g}  {}{}{}\n", env::VerdictName(group.verdict),
                             group.score, Printable(group.name), group.reason.empty() ? "" : ": ",
                             Printable(group.reason));
  }
  for (const std::string& difference : report.differences) {
    std::cout << Indented("unexpected: " + difference);
  }
  std::cout.flush();
}

/// The last two parts of a path: "accepted/a.cc".
std::string Tail(const std::string& name) {
  const std::filesystem::path path = name;
  return (path.parent_path().filename() / path.filename()).string();
}

/// What all reports together came to, and the line that is shown meanwhile.
class Tally {
 public:
  void Add(const verifier::Report& report) {
    Row& row = rows_[std::string(env::VerdictName(report.verdict))];
    ++row.count;
    row.slowest = std::max(row.slowest, SlowestMilliseconds(report));
    row.memory = std::max(row.memory, MostKib(report));
    ++total_;
    unexpected_ += report.as_expected() ? 0 : 1;
    foretold_ += report.expected.empty() && !report.has_rules ? 0 : 1;
  }
  int total() const { return total_; }
  int unexpected() const { return unexpected_; }
  int Count(const std::string& verdict) const {
    const auto found = rows_.find(verdict);
    return found == rows_.end() ? 0 : found->second.count;
  }
  /// No estimate of the rest: submissions differ too much for one that would hold.
  std::string Line(const verifier::BatchProgress& now, double seconds) const {
    constexpr std::size_t kWidth = 24;
    const std::size_t filled = now.total == 0 ? kWidth : now.done * kWidth / now.total;
    std::string line = fmt::format("[{}{}] {}/{}", std::string(filled, '='),
                                   std::string(kWidth - filled, ' '), now.done, now.total);
    for (const auto& [verdict, row] : rows_) line += fmt::format("  {} {}", verdict, row.count);
    line += fmt::format("  {:.0f} s", seconds);
    if (!now.running.empty()) line += "  judging " + Printable(Tail(now.running.front()));
    if (now.running.size() > 1) line += fmt::format(" and {} more", now.running.size() - 1);
    return line;
  }
  std::string Table(double seconds) const {
    std::string table = fmt::format("{:<8}{:>12}{:>14}{:>14}\n", "verdict", "submissions",
                                    "slowest, ms", "most, KiB");
    for (const auto& [verdict, row] : rows_) {
      table +=
          fmt::format("{:<8}{:>12}{:>14.1f}{:>14}\n", verdict, row.count, row.slowest, row.memory);
    }
    table += fmt::format("{} judged in {:.1f} s, {:.1f} a second\n", total_, seconds,
                         seconds > 0 ? total_ / seconds : 0);
    if (foretold_ > 0) {
      table += fmt::format("{} of {} as the package expects\n", foretold_ - unexpected_, foretold_);
    }
    return table;
  }

 private:
  struct Row {
    int count = 0;
    double slowest = 0;
    std::int64_t memory = 0;
  };
  std::map<std::string, Row> rows_;
  int total_ = 0;
  int foretold_ = 0;    // Of which the package says what they must get,
  int unexpected_ = 0;  // and that got something else.
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
  Tally tally;
  campaign::ProgressLine progress;
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const auto start = std::chrono::steady_clock::now();
  options.standard_input = &std::cin;
  options.progress = [&](const verifier::BatchProgress& now) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if (now.total > 1 || passed.count() > kQuietSeconds) {
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
    return Complain("--canonical is for files of function tasks, not for packages and folders");
  }
  if (tasks && arguments.submissions.size() > 1) {
    return Complain("function tasks take at most one file of submissions");
  }
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
  if (terminal) progress.Show("");
  for (const std::string& skipped : done->skipped) {
    std::cerr << "tesuji: skipped " << Printable(skipped) << "\n";
  }
  if (tally.total() != 1) {
    (arguments.json ? std::cerr : std::cout) << tally.Table(done->seconds) << std::flush;
  }
  const int internal = tally.Count("IE");
  if (internal > 0) return kMachine;
  if (!tasks && arguments.submissions.empty()) {  // The package was checked, not its submissions.
    return tally.unexpected() > 0 || tally.total() == 0 ? kFailed : kDone;
  }
  return tally.total() > tally.Count("AC") || !done->skipped.empty() ? kFailed : kDone;
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
              "A problem package, a folder of .in and .ans files, or a .jsonl file of "
              "function tasks.");
  command.Add("submissions", a->submissions,
              "Source files or folders; for function tasks a .jsonl of {task_id, solution}.");
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
