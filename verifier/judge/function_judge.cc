#include "verifier/judge/function_judge.h"

#include <fmt/format.h>

#include <csignal>
#include <optional>

#include "core/sha256.h"
#include "verifier/judge/other_conditions.h"
#include "verifier/judge/sanitizer.h"
#include "verifier/judge/script_judge.h"
#include "verifier/problem/function_harness.h"

namespace tesuji::verifier {

using env::Verdict;

namespace {

std::vector<SourceFile> HarnessHeaders() {
  return {{"tesuji_wire.h", kHarnessWire},           {"tesuji_server.h", kHarnessServer},
          {"tesuji_client.h", kHarnessClient},       {"tesuji_exceptions.h", kHarnessExceptions},
          {"tesuji_functions.h", kHarnessFunctions}, {"tesuji_links.h", kHarnessLinks},
          {"harness/assert.h", kHarnessAssert}};
}

/// What the proof line counts; nothing when there is no such line.
struct Proof {
  long checks = 0;
  long calls = 0;
};
std::optional<Proof> FindProof(const std::string& output, const std::string& nonce) {
  const std::size_t at = output.rfind("\n" + nonce + " ");
  if (at == std::string::npos) return std::nullopt;
  Proof proof;
  char* end = nullptr;
  proof.checks = std::strtol(output.c_str() + at + nonce.size() + 2, &end, 10);
  proof.calls = std::strtol(end, nullptr, 10);
  return proof;
}

/// By an exit code that is not the harness's own, or by abort().
bool EndedByItself(const RunResult& check) {
  if (check.ending == Ending::kSignalled) return check.signal == SIGABRT;
  return check.ending == Ending::kExited && check.exit_code != 0 &&
         (check.exit_code < kTaskUnfit || check.exit_code > kBrokenAnswer);
}

bool Done(const CompileOutcome& outcome) { return outcome.state == CompileOutcome::State::kDone; }

std::string FirstError(const std::string& messages) {
  const std::size_t at = messages.find(" error: ");
  if (at == std::string::npos) return messages.substr(0, 300);
  return messages.substr(at + 1, std::min(messages.find('\n', at), at + 300) - at - 1);
}

}  // namespace

TestReport FunctionJudge::RunOnce(Workplace& workplace, const Program& candidate,
                                  const Build& build, FunctionWay way, bool* proves) {
  const PairOptions options = {FunctionLimits(options_), way, {}};
  const PairResult pair = RunPair(workplace, candidate, *build.tests, options);
  const RunResult& check = pair.check;
  const std::string name = way == FunctionWay::kAgain       ? "assertions, again"
                           : way == FunctionWay::kSanitized ? "assertions, sanitized"
                                                            : "assertions";
  *proves = true;
  TestReport report;
  report.name = name;
  if (!pair.broken.empty()) {
    report.reason = pair.broken;
    return report;
  }
  report.TakeUse(pair.run);
  const auto proof = FindProof(check.standard_output, pair.nonce);
  const bool at_end = check.ExitedWith(0) && proof;
  const bool fails_otherwise = build.split->fails_otherwise;
  const bool proven = at_end && (proof->checks > 0 || fails_otherwise);
  *proves = !check.ExitedWith(kNothingProven) && !(at_end && (!proven || proof->calls == 0));
  if (!*proves) {
    report.reason = at_end && proof->calls > 0 ? "the tests reach no assertion"
                                               : "the assertions never call the function";
  } else if (proven) {
    // All assertions held. What the candidate did after its last answer is its own affair,
    // unless it went over a limit doing it.
    const auto failed = VerdictOfEnding(pair.run, pair.limits, candidate);
    const bool limit =
        failed && *failed != Verdict::kRuntimeError && pair.run.end_ns < check.end_ns;
    report.verdict = limit ? *failed : Verdict::kAccepted;
    report.reason = proof->checks > 0 ? fmt::format("{} assertions held", proof->checks)
                                      : "the tests came to their end";
  } else if (check.ExitedWith(1)) {
    report.verdict = Verdict::kWrongAnswer;
    report.reason = check.standard_error.empty() ? "the tests ended with exit code 1"
                                                 : check.standard_error.substr(0, 300);
  } else if (fails_otherwise && EndedByItself(check)) {
    report.verdict = Verdict::kWrongAnswer;
    report.reason = "the tests ended with " + DescribeEnding(check) + LastWords(check);
  } else {
    report = UnfinishedPair(pair, way, candidate);
    report.name = name;
  }
  return report;
}

void FunctionJudge::Sanitize(Workplace& workplace, const Language& language, const Build& build,
                             Report* report) {
  const CompileOutcome outcome =
      compiler_.Compile(workplace, language, {build.source},
                        {.extra = SanitizerFlags(), .headers = HarnessHeaders()});
  if (!Done(outcome)) {
    report->verdict = Verdict::kInternalError;
    report->message = "the sanitizer build failed: " + outcome.messages;
    return;
  }
  bool proves = true;
  report->tests.push_back(
      RunOnce(workplace, *outcome.program, build, FunctionWay::kSanitized, &proves));
  report->verdict = report->tests.back().verdict;
  report->evidence["sanitizers"] = report->verdict == Verdict::kAccepted ? "clean" : "failed";
  if (report->verdict != Verdict::kAccepted)
    report->message = "accepted, but the sanitizers object";
}

CompileOutcome FunctionJudge::CompileTests(Workplace& workplace, const Language& language,
                                           const std::string& text) {
  return compiler_.Compile(workplace, language, {{"tests.cc", text}},
                           {.extra = {"-Iharness", "-O0"}, .headers = HarnessHeaders()});
}

Result<bool> FunctionJudge::Compile(Workplace& workplace, const Language& language,
                                    const FunctionTask& task, const std::vector<SplitTask>& ways,
                                    const std::string& solution, Build* build, Report* report) {
  std::string task_fault;
  std::optional<CompileOutcome> rejected;
  for (const SplitTask& way : ways) {
    const CompileOutcome tests = CompileTests(workplace, language, way.tests);
    if (tests.state == CompileOutcome::State::kBroken) {
      report->message = tests.messages;
      return false;
    }
    if (!Done(tests)) {
      if (task_fault.empty()) task_fault = tests.messages;
      continue;
    }
    for (const std::string& text : CandidateSources(way, solution)) {
      const SourceFile source = {"main.cc", text};
      CompileOutcome candidate =
          compiler_.Compile(workplace, language, {source}, {.headers = HarnessHeaders()});
      if (candidate.state == CompileOutcome::State::kRejected) {
        if (!rejected) rejected = std::move(candidate);
        continue;
      }
      *build = {&way, candidate.program, tests.program, source};
      return report->TakeCompilation(candidate);
    }
  }
  if (rejected) return report->TakeCompilation(*rejected);
  return Fail(fmt::format("{}: {}: cannot be judged: its tests do not compile: {}", task.where,
                          task.id, FirstError(task_fault)));
}

Result<Report> FunctionJudge::Judge(Workplace& workplace, const FunctionTask& task,
                                    const FunctionSubmission& submission) {
  if (task.language != "cpp17") {
    return ScriptJudge(compiler_, options_).Judge(workplace, task, submission);
  }
  if (!submission.language.empty() && !submission.language.starts_with("cpp")) {
    return Fail(fmt::format("{}: is in {}, but the task {} asks for C++", submission.name,
                            submission.language, task.id));
  }
  const auto ways = SplitFunctionTask(task);
  if (!ways) return tl::unexpected(ways.error());
  const Language* language = compiler_.languages().Find("cpp17");
  if (language == nullptr) return Fail("function tasks need the language cpp17 in the table");
  Report report;
  report.submission = submission.name;
  const Limits limits = FunctionLimits(options_);
  report.evidence = {
      {"task", task.id},
      {"tests_sha256", Sha256Hex(task.declaration + task.test)},
      {"source_sha256", Sha256Hex(submission.solution)},
      {"language", language->id},
      {"proof", "assertions run in another container, with a nonce"},
      {"limits", {{"cpu_ms", limits.cpu.count()}, {"memory_bytes", limits.memory_bytes}}},
      {"isolation", workplace.sandbox().isolation()}};
  Build build;
  const auto built =
      Compile(workplace, *language, task, *ways, submission.solution, &build, &report);
  if (!built) return tl::unexpected(built.error());
  if (!*built) return report;
  bool proves = true;
  const auto run = [&](FunctionWay way) {
    return RunOnce(workplace, *build.candidate, build, way, &proves);
  };
  report.tests.push_back(run(FunctionWay::kFirst));
  if (!proves) {
    // A library function of that name suits the arguments better: strlen("") for strlen(string).
    const CompileOutcome tests = CompileTests(workplace, *language, build.split->pointed_tests);
    if (Done(tests)) {
      build.tests = tests.program;
      report.tests.back() = run(FunctionWay::kFirst);
    }
  }
  if (!proves) {
    return Fail(fmt::format("{}: {}: cannot be judged: {}", task.where, task.id,
                            report.tests.back().reason));
  }
  report.verdict = report.tests.back().verdict;
  if (report.verdict == Verdict::kAccepted && options_.confirm) {
    WaitForAnotherSecond();
    report.tests.push_back(run(FunctionWay::kAgain));
    report.verdict = report.tests.back().verdict;
    report.evidence["confirmed"] = report.verdict == Verdict::kAccepted;
    report.evidence["confirmed_order"] = "as given: the checks are one program";
  }
  if (report.verdict == Verdict::kAccepted && options_.sanitize) {
    Sanitize(workplace, *language, build, &report);
  }
  if (report.verdict == Verdict::kInternalError && report.message.empty()) {
    report.message = report.tests.back().reason;
  }
  return report;
}

}  // namespace tesuji::verifier
