// Many header-free C functions compiled as one unit and run in forks of one process: for
// generated candidates, thousands a second.
//
// A candidate is C source that defines
//     int solve(const long long *in, int n, long long *out)
// which writes at most 1024 numbers and returns how many. Each candidate runs in its own fork with
// a time limit and a seccomp filter that leaves it nothing but its memory: a crash, a loop or an
// attack of one does not touch the others. Expected outputs never enter the sandbox.
// Thread-safety: JudgeFunctions() may run on many threads, each with its own Workplace.
#pragma once

#include <string>
#include <vector>

#include "api/judge.h"
#include "verifier/compile/compiler.h"

namespace tesuji::verifier {

struct FunctionExample {
  std::vector<long long> input;
  std::vector<long long> output;
};

struct CBatchOptions {
  std::size_t per_unit = 256;
  int candidate_milliseconds = 100;  ///< For all examples of one candidate.
  int optimisation = 0;              ///< -O level; compiling is what costs, so none.
};

struct CVerdict {
  env::Verdict verdict = env::Verdict::kInternalError;
  int passed = 0;  ///< Examples answered rightly before the first failure.
};

/// One verdict a candidate, in order. A candidate that does not compile is CE and is found by
/// the compiler's messages, or by halving.
std::vector<CVerdict> JudgeFunctions(Compiler& compiler, Workplace& workplace,
                                     const std::vector<std::string>& candidates,
                                     const std::vector<FunctionExample>& examples,
                                     const CBatchOptions& options = {});

}  // namespace tesuji::verifier
