#include "verifier/judge/script_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "core/random.h"
#include "core/sha256.h"
#include "core/untrusted_json.h"
#include "verifier/judge/other_conditions.h"
#include "verifier/judge/sanitizer.h"
#include "verifier/problem/script_function.h"

namespace tesuji::verifier {

using env::Verdict;

namespace {

/// A line of the tests' program: what became of a check.
struct Line {
  std::string kind;
  std::size_t number = 0;
  std::string text;
};

/// Only lines that begin with the nonce; the checks may print what they like.
std::vector<Line> ReadLines(const PairResult& pair) {
  std::vector<Line> lines;
  const std::string& text = pair.check.standard_output;
  const std::string mark = "\n" + pair.nonce + " ";
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    const std::string row =
        text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
    const std::size_t first = row.find(' ');
    const std::size_t second = first == row.npos ? row.npos : row.find(' ', first + 1);
    if (second == row.npos) continue;
    const auto words = ParseUntrustedJson(row.substr(second + 1));
    lines.push_back({row.substr(0, first), std::strtoul(row.c_str() + first + 1, nullptr, 10),
                     words && words->is_string() ? words->get<std::string>() : ""});
  }
  return lines;
}

std::optional<Verdict> VerdictOf(const std::string& kind) {
  if (kind == "held") return Verdict::kAccepted;
  if (kind == "failed") return Verdict::kWrongAnswer;
  if (kind == "raised") return Verdict::kRuntimeError;
  return std::nullopt;
}

/// The order in which checks are run: the one at `place` is `first + step * place` modulo their
/// number. The tests' program computes the same.
struct Order {
  std::size_t count = 0;
  std::size_t first = 0;
  std::size_t step = 1;
  std::size_t At(std::size_t place) const { return (first + step * place) % count; }
  /// The place of a check; it is looked for from `place` on.
  std::size_t PlaceOf(std::size_t number, std::size_t place) const {
    while (place < count && At(place) != number) ++place;
    return place;
  }
};

/// Whether checks may change places: calls, and statements that assert and define nothing.
bool MayBeShuffled(const FunctionTask& task) {
  return task.checks.size() > 1 && std::ranges::all_of(task.checks, [](const FunctionCheck& check) {
           return check.code.empty() ||
                  (check.code.starts_with("assert ") && check.code.find('\n') == std::string::npos);
         });
}

/// Any order but the given one.
Order Shuffled(const FunctionTask& task, std::uint64_t seed) {
  RandomStream random({seed, 0x5e});
  Order order = {task.checks.size()};
  order.first = 1 + random.Below(order.count - 1);
  do {
    order.step = 1 + random.Below(order.count - 1);
  } while (std::gcd(order.step, order.count) != 1);
  return order;
}

/// Takes the results of one run. Returns the place of the check to go on with.
struct Progress {
  std::size_t next = 0;
  bool ended = false;
};
Progress TakeLines(const PairResult& pair, const FunctionTask& task, const Order& order,
                   std::size_t first, Report* report) {
  Progress progress = {first, false};
  for (const Line& line : ReadLines(pair)) {
    if (line.kind == "end") progress.ended = pair.check.ExitedWith(0);
    const auto verdict = VerdictOf(line.kind);
    if (!verdict || line.number >= task.checks.size()) continue;
    TestReport test;
    test.TakeUse(pair.run);
    test.name = task.checks[line.number].name;
    test.verdict = *verdict;
    test.reason = line.text;
    report->tests.push_back(std::move(test));
    progress.next = order.PlaceOf(line.number, progress.next) + 1;
  }
  return progress;
}

}  // namespace

Status ScriptJudge::RunChecks(Workplace& workplace, const FunctionTask& task,
                              const Program& candidate, const Program& tests, FunctionWay way,
                              Report* report) {
  const PairOptions limits = {FunctionLimits(options_), way, {}};
  const bool all = options_.all_tests && way == FunctionWay::kFirst;
  Order order = {task.checks.size()};
  if (way == FunctionWay::kAgain && MayBeShuffled(task)) order = Shuffled(task, options_.seed);
  const std::size_t before = report->tests.size();
  for (std::size_t first = 0; first < task.checks.size();) {
    PairOptions options = limits;
    options.tests_environment = {fmt::format("TESUJI_FIRST={}", first),
                                 fmt::format("TESUJI_ORDER={} {}", order.first, order.step)};
    if (all) options.tests_environment.push_back("TESUJI_ALL=1");
    const PairResult pair = RunPair(workplace, candidate, tests, options);
    if (!pair.broken.empty()) {
      report->verdict = Verdict::kInternalError;
      report->message = pair.broken;
      return {};
    }
    if (pair.check.ExitedWith(kTaskUnfit) || pair.check.ExitedWith(kNothingProven)) {
      std::string why = pair.check.standard_error;
      why.erase(why.find_last_not_of(" \r\n") + 1);
      return Fail(fmt::format("{}: {}: cannot be judged: {}", task.where, task.id, why));
    }
    const Progress progress = TakeLines(pair, task, order, first, report);
    if (progress.ended || progress.next >= task.checks.size()) break;
    TestReport test = UnfinishedPair(pair, way, candidate);
    const bool in_time = test.verdict != Verdict::kTimeLimit || progress.next == first;
    if (in_time) {
      test.name = task.checks[order.At(progress.next)].name;
      report->tests.push_back(std::move(test));
      if (!all || report->tests.back().verdict == Verdict::kInternalError) break;
    }
    first = progress.next + (in_time ? 1 : 0);
  }
  report->verdict = Verdict::kAccepted;
  for (std::size_t i = before; i < report->tests.size(); ++i) {
    TestReport& test = report->tests[i];
    if (way == FunctionWay::kAgain) test.name += ", again";
    if (test.verdict == Verdict::kAccepted || report->verdict != Verdict::kAccepted) continue;
    report->verdict = test.verdict;
  }
  if (report->verdict == Verdict::kInternalError) report->message = report->tests.back().reason;
  return {};
}

Result<Report> ScriptJudge::Judge(Workplace& workplace, const FunctionTask& task,
                                  const FunctionSubmission& submission) {
  const Language* language = compiler_.languages().Find(task.language);
  if (language == nullptr) {
    return Fail(
        fmt::format("{}: {}: the language table has no '{}'", task.where, task.id, task.language));
  }
  if (const std::string missing = language->WhyMissing(); !missing.empty()) {
    return Fail(fmt::format("{}: {}", submission.name, missing));
  }
  if (!submission.language.empty() && submission.language != task.language) {
    return Fail(fmt::format("{}: is in {}, but the task {} asks for {}", submission.name,
                            submission.language, task.id, task.language));
  }
  const ScriptPrograms programs = MakeScriptPrograms(task, submission.solution);
  Report report;
  report.submission = submission.name;
  const Limits limits = FunctionLimits(options_);
  report.evidence = {
      {"task", task.id},
      {"tests_sha256", Sha256Hex(programs.tests_data.front().text)},
      {"source_sha256", Sha256Hex(submission.solution)},
      {"language", language->id},
      {"proof", "assertions run in another container, with a nonce"},
      {"limits", {{"cpu_ms", limits.cpu.count()}, {"memory_bytes", limits.memory_bytes}}},
      {"isolation", workplace.sandbox().isolation()}};
  const CompileOutcome tests =
      compiler_.Compile(workplace, *language, programs.tests, {.headers = programs.tests_data});
  if (tests.state != CompileOutcome::State::kDone) {
    report.message = "the tests' program does not start: " + tests.messages;
    return report;
  }
  if (!programs.answer.empty()) {
    const CompileOutcome alone = compiler_.Compile(workplace, *language, programs.answer);
    if (!report.TakeCompilation(alone)) return report;
  }
  const CompileOutcome candidate = compiler_.Compile(workplace, *language, programs.candidate);
  if (!report.TakeCompilation(candidate)) return report;
  const auto run = [&](FunctionWay way) {
    return RunChecks(workplace, task, *candidate.program, *tests.program, way, &report);
  };
  if (Status done = run(FunctionWay::kFirst); !done) return tl::unexpected(done.error());
  if (report.verdict == Verdict::kAccepted && options_.confirm) {
    WaitForAnotherSecond();
    if (Status done = run(FunctionWay::kAgain); !done) return tl::unexpected(done.error());
    report.evidence["confirmed"] = report.verdict == Verdict::kAccepted;
    report.evidence["confirmed_order"] =
        MayBeShuffled(task) ? "shuffled" : "as given: the checks are one program";
  }
  if (report.verdict == Verdict::kAccepted && options_.sanitize) {
    report.evidence["sanitizers"] = NoSanitizers(*language);
  }
  return report;
}

}  // namespace tesuji::verifier
