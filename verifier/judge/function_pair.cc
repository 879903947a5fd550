#include "verifier/judge/function_pair.h"

#include <fmt/format.h>
#include <sys/random.h>

#include "verifier/judge/conversation.h"
#include "verifier/judge/other_conditions.h"
#include "verifier/judge/sanitizer.h"

namespace tesuji::verifier {

using env::Verdict;

namespace {

std::string Nonce() {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) throw MachineError("no random bytes");
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

Limits FunctionLimits(const JudgeOptions& options) {
  Limits limits;
  limits.cpu = std::chrono::milliseconds(
      static_cast<std::int64_t>(options.time_limit_seconds.value_or(5) * 1000));
  limits.memory_bytes = options.memory_limit_mib.value_or(1024) << 20;
  return limits;
}

PairResult RunPair(Workplace& workplace, const Program& candidate, const Program& tests,
                   const PairOptions& options) {
  const bool sanitized = options.way == FunctionWay::kSanitized;
  PairResult result;
  for (int attempt = 0; attempt < 3; ++attempt) {
    PipeEnds calls = MakePipe();
    PipeEnds answers = MakePipe();
    result.nonce = Nonce();
    RunSpec mine;
    mine.limits = options.limits;
    candidate.AddTo(&mine);
    result.limits = mine.limits;
    mine.more_fds = {calls.read.get(), answers.write.get()};
    if (options.way == FunctionWay::kAgain) UseOtherConditions(&mine);
    if (sanitized) AddSanitizerSettings(&mine);
    RunSpec theirs;
    theirs.limits = options.limits;
    tests.AddTo(&theirs);
    theirs.limits.cpu *= 2;
    theirs.limits.wall = 4 * mine.limits.cpu + std::chrono::seconds(5);
    theirs.more_fds = {calls.write.get(), answers.read.get()};
    theirs.environment.push_back("TESUJI_NONCE=" + result.nonce);
    theirs.environment.insert(theirs.environment.end(), options.tests_environment.begin(),
                              options.tests_environment.end());
    std::tie(result.run, result.check) = Converse(workplace, {&mine, &calls.read, &answers.write},
                                                  {&theirs, &answers.read, &calls.write});
    result.broken = result.run.broken + result.check.broken;
    if (result.broken.empty()) break;
  }
  return result;
}

TestReport UnfinishedPair(const PairResult& pair, FunctionWay way, const Program& candidate) {
  const RunResult& check = pair.check;
  TestReport report;
  report.TakeUse(pair.run);
  const auto failed = VerdictOfEnding(pair.run, pair.limits, candidate);
  if (check.ExitedWith(kCandidateGone)) {
    report.verdict = failed.value_or(Verdict::kRuntimeError);
    if (!failed) report.reason = "ended before it had answered every call";
    if (way == FunctionWay::kSanitized) {
      report.reason = FirstObjection(pair.run.standard_error, report.reason);
    } else if (failed == Verdict::kRuntimeError) {
      report.reason += LastWords(pair.run);
    }
  } else if (check.ExitedWith(kBrokenAnswer)) {
    report.verdict = Verdict::kRuntimeError;
    report.reason = "its answer is not a value of the declared type" + LastWords(check);
  } else if (failed && *failed != Verdict::kInternalError) {
    report.verdict = *failed;
  } else if (check.ending == Ending::kExited) {
    report.verdict = Verdict::kInternalError;
    report.reason = "the tests ended without proof: " + DescribeEnding(check) + LastWords(check);
  } else {
    report.verdict = check.ending == Ending::kSignalled     ? Verdict::kRuntimeError
                     : check.ending == Ending::kMemoryLimit ? Verdict::kMemoryLimit
                                                            : Verdict::kTimeLimit;
    report.reason = "the tests stumbled over its answer: " + DescribeEnding(check);
  }
  return report;
}

}  // namespace tesuji::verifier
