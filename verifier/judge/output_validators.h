// The custom output validators of a problem: programs in the sandbox that say 42 (accepted) or 43.
// Thread-safety: all of it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/judge.h"
#include "verifier/compile/compiler.h"
#include "verifier/compile/workplace.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

class OutputValidators {
 public:
  /// Both are borrowed.
  OutputValidators(Compiler& compiler, const Problem& problem)
      : compiler_(compiler), problem_(problem) {}

  /// Compiled once and kept. Empty with `why` when one does not compile.
  std::vector<std::shared_ptr<const Program>> Programs(Workplace& workplace, std::string* why);
  /// A run on one test; standard input and output are the caller's to set.
  RunSpec Spec(const Program& validator, const TestCase& test, int answer_fd) const;

 private:
  Compiler& compiler_;
  const Problem& problem_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Program>> programs_;
};

/// What a validator's end says; IE for anything that is neither 42 nor 43.
env::Verdict VerdictOfValidator(const RunResult& result, std::string* reason);

/// Did the validator fail because nobody read what it said any more? Its program had ended or
/// closed its input by then, before it was accepted: that is an answer, and no failure of ours.
bool LostItsPartner(const RunResult& validator);

}  // namespace tesuji::verifier
