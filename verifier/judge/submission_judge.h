// Judges one submission against one problem: compile, run every test, check, sum up.
//
// The order of tests is the problem's; grading.h says which are run and what they add up to. A
// failure of ours ends in kInternalError, never in a label.
// Thread-safety: JudgeSubmission() may run on many threads, each with its own Workplace.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/random.h"
#include "verifier/judge/grading.h"
#include "verifier/judge/judge_options.h"
#include "verifier/judge/output_validators.h"
#include "verifier/judge/report.h"
#include "verifier/judge/submission.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

class SubmissionJudge {
 public:
  /// Both outlive the judge.
  SubmissionJudge(Compiler& compiler, const Problem& problem, JudgeOptions options);

  /// Fails only for what the caller got wrong (no such language); never throws for the submission.
  Result<Report> Judge(Workplace& workplace, const Submission& submission);
  Limits RunLimits(const Submission& submission) const;

 private:
  struct Layout {
    Limits limits;
    bool again = false;  ///< In another order, and as UseOtherConditions() says.
    bool sanitizer = false;
  };
  /// Adds a difference unless some test exceeds the time limit by the package's factor.
  void CheckBeyondLimit(Workplace& workplace, const Submission& submission, Report* report);
  /// Of a submit-answer problem.
  Report JudgeAnswers(Workplace& workplace, const Submission& submission);
  Result<Report> JudgeAlone(Workplace& workplace, const Submission& submission);
  const Language* ChooseLanguage(const Submission& submission, std::string* why) const;
  /// The submission's files with those that the package includes with every one.
  std::vector<SourceFile> WithIncludes(const Language& language,
                                       const Submission& submission) const;
  CompileOptions PackageCompileOptions(std::vector<std::string> extra) const;
  /// Runs and grades all that counts.
  void RunTests(Workplace& workplace, const Program& program, const Submission& submission,
                const Layout& layout, Report* report);
  /// All tests that `before` ran, in another order; by their index in the problem.
  std::map<std::size_t, TestReport> RunShuffled(Workplace& workplace, const Program& program,
                                                const Layout& layout, const Report& before);
  TestReport RunStatic(Workplace& workplace, const Program& program, const Submission& submission,
                       const TestGroup& group);
  Result<Standing> RunGrader(Workplace& workplace, const TestGroup& group,
                             const std::vector<Standing>& results);
  TestReport RunTest(Workplace& workplace, const Program& program, const TestCase& test,
                     const Layout& layout);
  void RunPlain(Workplace& workplace, const Program& program, const TestCase& test,
                const Layout& layout, TestReport* report);
  ValidatorFiles RunOnce(Workplace& workplace, const Program& program, const TestCase& test,
                         const Pass& pass, const Layout& layout, TestReport* report);
  void RunInteractive(Workplace& workplace, const Program& program, const TestCase& test,
                      const Layout& layout, TestReport* report);
  void Interact(Workplace& workplace, const Program& program, const Program& validator,
                const TestCase& test, const Layout& layout, TestReport* report);
  ValidatorFiles InteractOnce(Workplace& workplace, const Program& program,
                              const Program& validator, const TestCase& test, const Pass& pass,
                              const Layout& layout, TestReport* report);
  RunSpec ProgramSpec(const Program& program, const TestCase& test, const Layout& layout) const;
  void Confirm(Workplace& workplace, const Program& program, const Submission& submission,
               Report* report);
  void Sanitize(Workplace& workplace, const Language& language, const Submission& submission,
                Report* report);

  Compiler& compiler_;
  const Problem& problem_;
  const JudgeOptions options_;
  OutputValidators validators_;
  PackageProgram static_validator_;
  PackageProgram grader_;
};

}  // namespace tesuji::verifier
