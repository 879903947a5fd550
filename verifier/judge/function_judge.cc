#include "verifier/judge/function_judge.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <cstring>
#include <optional>
#include <regex>
#include <thread>

#include "core/sha256.h"
#include "verifier/judge/conversation.h"
#include "verifier/judge/sanitizer.h"
#include "verifier/problem/function_harness.h"

namespace tesuji::verifier {

using env::Verdict;

namespace {

constexpr int kFailedUncalled = 96;
constexpr int kCandidateGone = 97;
constexpr int kBrokenAnswer = 98;

std::string Nonce() {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) throw MachineError("no random bytes");
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Limits FunctionLimits(const JudgeOptions& options) {
  Limits limits;
  limits.cpu = std::chrono::milliseconds(
      static_cast<std::int64_t>(options.time_limit_seconds.value_or(5) * 1000));
  limits.memory_bytes = options.memory_limit_mib.value_or(1024) << 20;
  return limits;
}

std::vector<SourceFile> HarnessHeaders() {
  return {{"tesuji_wire.h", kHarnessWire},
          {"tesuji_server.h", kHarnessServer},
          {"tesuji_client.h", kHarnessClient},
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

}  // namespace

TestReport FunctionJudge::RunOnce(Workplace& workplace, const Program& candidate,
                                  const Program& tests, Way way, bool* called) {
  const bool second = way == Way::kAgain;
  const bool sanitized = way == Way::kSanitized;
  TestReport report;
  *called = true;
  report.name = second ? "assertions, again" : sanitized ? "assertions, sanitized" : "assertions";
  for (int attempt = 0; attempt < 3; ++attempt) {
    PipeEnds calls = MakePipe();
    PipeEnds answers = MakePipe();
    const std::string nonce = Nonce();
    RunSpec mine;
    mine.limits = FunctionLimits(options_);
    candidate.AddTo(&mine);
    mine.more_fds = {calls.read.get(), answers.write.get()};
    mine.pid = second ? 1789 : 2;
    mine.fixed_addresses = second;
    if (second) mine.environment.push_back("TESUJI_PADDING=" + std::string(517, 'x'));
    if (sanitized) AddSanitizerSettings(&mine);
    RunSpec theirs;
    theirs.limits = FunctionLimits(options_);
    tests.AddTo(&theirs);
    theirs.limits.cpu *= 2;
    theirs.limits.wall = 4 * mine.limits.cpu + std::chrono::seconds(5);
    theirs.more_fds = {calls.write.get(), answers.read.get()};
    theirs.environment.push_back("TESUJI_NONCE=" + nonce);
    const auto [run, check] = Converse(workplace, sanitized, {&mine, {&calls.read, &answers.write}},
                                       {&theirs, {&calls.write, &answers.read}});
    if (!run.broken.empty() || !check.broken.empty()) {
      report.reason = run.broken + check.broken;
      continue;
    }
    report.TakeUse(run);
    const auto failed = VerdictOfEnding(run, mine.limits, candidate);
    const auto proof = FindProof(check.standard_output, nonce);
    const bool proven = check.ExitedWith(0) && proof && proof->checks > 0;
    *called = !check.ExitedWith(kFailedUncalled) && !(proven && proof->calls == 0);
    if (!*called) {
      report.verdict = Verdict::kInternalError;
      report.reason = "the assertions never call the function";
    } else if (proven) {
      // All assertions held. What the candidate did after its last answer is its own affair,
      // unless it went over a limit doing it.
      const bool limit = failed && *failed != Verdict::kRuntimeError && run.end_ns < check.end_ns;
      report.verdict = limit ? *failed : Verdict::kAccepted;
      report.reason = fmt::format("{} assertions held", proof->checks);
    } else if (check.ExitedWith(kCandidateGone)) {
      report.verdict = failed.value_or(Verdict::kRuntimeError);
      if (!failed) report.reason = "ended before it had answered every call";
      if (sanitized) report.reason = FirstObjection(run.standard_error, report.reason);
    } else if (check.ExitedWith(1)) {
      report.verdict = Verdict::kWrongAnswer;
      report.reason = check.standard_error.substr(0, 300);
    } else if (check.ExitedWith(kBrokenAnswer)) {
      report.verdict = Verdict::kRuntimeError;
      report.reason = "its answer is not a value of the declared type";
    } else if (failed && *failed != Verdict::kInternalError) {
      report.verdict = *failed;
    } else if (check.ending == Ending::kExited) {
      report.verdict = Verdict::kInternalError;
      report.reason = "the tests ended without proof: " + DescribeEnding(check);
    } else {
      report.verdict = check.ending == Ending::kSignalled     ? Verdict::kRuntimeError
                       : check.ending == Ending::kMemoryLimit ? Verdict::kMemoryLimit
                                                              : Verdict::kTimeLimit;
      report.reason = "the tests stumbled over its answer: " + DescribeEnding(check);
    }
    return report;
  }
  return report;
}

void FunctionJudge::Sanitize(Workplace& workplace, const Language& language,
                             const SourceFile& source, const Program& tests, Report* report) {
  const CompileOutcome outcome = compiler_.Compile(
      workplace, language, {source}, {.extra = SanitizerFlags(), .headers = HarnessHeaders()});
  if (outcome.state != CompileOutcome::State::kDone) {
    report->verdict = Verdict::kInternalError;
    report->message = "the sanitizer build failed: " + outcome.messages;
    return;
  }
  bool called = true;
  report->tests.push_back(RunOnce(workplace, *outcome.program, tests, Way::kSanitized, &called));
  report->verdict = report->tests.back().verdict;
  report->evidence["sanitizers"] = report->verdict == Verdict::kAccepted ? "clean" : "failed";
  if (report->verdict != Verdict::kAccepted)
    report->message = "accepted, but the sanitizers object";
}

Result<Report> FunctionJudge::Judge(Workplace& workplace, const FunctionTask& task,
                                    const FunctionSubmission& submission) {
  auto split = SplitFunctionTask(task);
  if (!split) return tl::unexpected(split.error());
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
  const std::vector<SourceFile> headers = HarnessHeaders();
  const auto compile_tests = [&](const std::string& text) {
    return compiler_.Compile(workplace, *language, {{"tests.cc", text}},
                             {.extra = {"-Iharness", "-O0"}, .headers = headers});
  };
  CompileOutcome tests = compile_tests(split->tests);
  if (tests.state != CompileOutcome::State::kDone) {
    report.message =
        fmt::format("{}: the task's tests do not compile: {}", task.id, tests.messages);
    return report;
  }
  const SourceFile source = {
      "main.cc", split->candidate_prefix + submission.solution + split->candidate_suffix};
  const CompileOutcome candidate =
      compiler_.Compile(workplace, *language, {source}, {.headers = headers});
  if (!report.TakeCompilation(candidate)) return report;
  bool called = true;
  const auto run = [&](Way way) {
    return RunOnce(workplace, *candidate.program, *tests.program, way, &called);
  };
  report.tests.push_back(run(Way::kFirst));
  if (!called) {
    // A library function of that name suits the arguments better: strlen("") for strlen(string).
    tests = compile_tests(split->pointed_tests);
    if (tests.state == CompileOutcome::State::kDone) {
      report.tests.back() = run(Way::kFirst);
    }
  }
  report.verdict = report.tests.back().verdict;
  if (report.verdict == Verdict::kAccepted && options_.confirm) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    report.tests.push_back(run(Way::kAgain));
    report.verdict = report.tests.back().verdict;
    report.evidence["confirmed"] = report.verdict == Verdict::kAccepted;
  }
  if (report.verdict == Verdict::kAccepted && options_.sanitize) {
    Sanitize(workplace, *language, source, *tests.program, &report);
  }
  // An exception does not cross to the tests: a right one looks like a crash here.
  if (report.verdict == Verdict::kRuntimeError &&
      std::regex_search(task.test, std::regex(R"(\bcatch\s*\()"))) {
    report.verdict = report.tests.back().verdict = Verdict::kInternalError;
    report.tests.back().reason +=
        "; the tests catch exceptions, which function tasks do not support";
  }
  if (report.verdict == Verdict::kInternalError && report.message.empty()) {
    report.message = report.tests.back().reason;
  }
  return report;
}

}  // namespace tesuji::verifier
