// The two programs of a function task, run at once in two containers: the candidate, which answers
// calls, and the tests, which ask and check. Only the tests know the nonce of the run.
// Thread-safety: as the workplace.
#pragma once

#include <string>
#include <vector>

#include "verifier/compile/compiler.h"
#include "verifier/compile/workplace.h"
#include "verifier/judge/judge_options.h"
#include "verifier/judge/report.h"

namespace tesuji::verifier {

/// Exit codes by which the tests' program says why it stopped.
inline constexpr int kTaskUnfit = 95;      ///< The task's own code failed before any call.
inline constexpr int kNothingProven = 96;  ///< Its assertions do not depend on the candidate.
inline constexpr int kCandidateGone = 97;  ///< The candidate ended before it had answered.
inline constexpr int kBrokenAnswer = 98;   ///< An answer is no value.

enum class FunctionWay { kFirst, kAgain, kSanitized };

Limits FunctionLimits(const JudgeOptions& options);

struct PairOptions {
  Limits limits;  ///< Of the candidate; the tests have more.
  FunctionWay way = FunctionWay::kFirst;
  std::vector<std::string> tests_environment = {};
};

struct PairResult {
  std::string broken;  ///< Not empty: the sandbox failed three times.
  RunResult run;       ///< The candidate.
  RunResult check;     ///< The tests.
  Limits limits;       ///< Of the candidate, with what its language adds.
  std::string nonce;
};

PairResult RunPair(Workplace& workplace, const Program& candidate, const Program& tests,
                   const PairOptions& options);

/// The verdict on a pair whose tests came to no end of their own, and why.
TestReport UnfinishedPair(const PairResult& pair, FunctionWay way, const Program& candidate);

}  // namespace tesuji::verifier
