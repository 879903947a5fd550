// The custom output validators of a problem: programs in the sandbox that say 42 (accepted) or 43.
//
// In multi-pass problems a validator that accepts may ask for another run with an input that it
// makes. What it leaves in its feedback folder is there again when it checks the next run.
// Thread-safety: all of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/judge.h"
#include "verifier/judge/package_program.h"
#include "verifier/judge/report.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// One run of a test: its input, and what the validator kept from the runs before.
struct Pass {
  int input_fd = -1;   ///< Borrowed.
  int answer_fd = -1;  ///< Borrowed.
  int kept_fd = -1;    ///< The feedback folder after the pass before; borrowed; -1: empty.
};

/// What a validator left behind.
struct ValidatorFiles {
  Feedback feedback;
  UniqueFd next_input;  ///< Valid: it wants another pass.
  UniqueFd kept;
  std::string error;  ///< A file that breaks the format's rules; empty: none.
};

/// Exit code of a validator that accepts.
inline constexpr int kValidatorAccepts = 42;

class OutputValidators {
 public:
  /// Both are borrowed.
  OutputValidators(Compiler& compiler, const Problem& problem);

  /// Compiled once and kept. Empty with `why` when one does not compile.
  std::vector<std::shared_ptr<const Program>> Programs(Workplace& workplace, std::string* why);
  /// A run on one test; standard input and output are the caller's to set.
  RunSpec Spec(const Program& validator, const TestCase& test, const Pass& pass) const;

 private:
  const Problem& problem_;
  std::vector<std::unique_ptr<PackageProgram>> programs_;
};

/// Limits of programs that help to judge; to be set before Program::AddTo().
void SetValidatorLimits(const Problem& problem, RunSpec* spec);
/// A feedback folder in the box, and the files of it that are wanted back.
void WantFeedback(const Problem& problem, RunSpec* spec);

/// What a validator's end says; IE for anything that is neither 42 nor 43.
env::Verdict VerdictOfValidator(const RunResult& result, std::string* reason);

/// The files of a run of OutputValidators::Spec(), or of one with WantFeedback().
ValidatorFiles FilesOfValidator(const Problem& problem, RunResult* result);

/// Takes over what the files say; true: the program has to run again, on files.next_input.
/// Breaches of the format's rules make the report's verdict an IE.
bool WantsAnotherPass(const Problem& problem, int pass_number, const ValidatorFiles& files,
                      TestReport* report);

/// Did the validator fail because nobody read what it said any more? Its program had ended or
/// closed its input by then, before it was accepted: that is an answer, and no failure of ours.
bool LostItsPartner(const RunResult& validator);

}  // namespace tesuji::verifier
