// Judges one submission against one problem: compile, run every test, check, sum up.
//
// The order of tests is the problem's unless shuffled; judging stops at the first test that is
// not accepted unless all are wanted. A failure of ours ends in kInternalError, never in a label.
// Thread-safety: JudgeSubmission() may run on many threads, each with its own Workplace.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/random.h"
#include "verifier/judge/report.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

struct Submission {
  std::string name;
  std::string language;  ///< Id in the table; empty: by the files' names.
  std::vector<SourceFile> files;
  std::optional<double> time_limit_seconds = {};  ///< Instead of the problem's, for this one alone.
};

struct JudgeOptions {
  bool all_tests = false;  ///< Do not stop at the first failure.
  bool confirm = false;    ///< Accept only what is accepted twice under other conditions.
  bool sanitize = false;   ///< What is accepted must also pass under ASan and UBSan.
  std::optional<double> time_limit_seconds;  ///< Instead of the problem's.
  std::optional<std::int64_t> memory_limit_mib;
  std::uint64_t seed = 1;  ///< Of the shuffled order in confirmation.
};

/// Reads a submission: one file, or a folder of files.
Result<Submission> LoadSubmission(const std::filesystem::path& path);

/// What a package says about its own submissions: constants are filled in, and one in
/// submissions/slow_accepted (right, but too slow for the limit) has five minutes a test, unless
/// the caller has a limit of his own.
void ApplyPackageRules(const Problem& problem, const std::filesystem::path& path,
                       const JudgeOptions& options, Submission* submission);

class SubmissionJudge {
 public:
  /// Both outlive the judge.
  SubmissionJudge(Compiler& compiler, const Problem& problem, JudgeOptions options)
      : compiler_(compiler), problem_(problem), options_(options) {}

  /// Fails only for what the caller got wrong (no such language); never throws for the submission.
  Result<Report> Judge(Workplace& workplace, const Submission& submission);
  Limits RunLimits(const Submission& submission) const;

 private:
  struct Layout {
    Limits limits;
    bool shuffled = false;
    int pid = 2;
    bool fixed_addresses = false;
    bool sanitizer = false;
  };
  const Language* ChooseLanguage(const Submission& submission, std::string* why) const;
  /// The submission's files with those that the package includes with every one.
  std::vector<SourceFile> WithIncludes(const Language& language,
                                       const Submission& submission) const;
  CompileOptions PackageCompileOptions(std::vector<std::string> extra) const;
  void RunTests(Workplace& workplace, const Program& program, const Layout& layout, Report* report);
  TestReport RunTest(Workplace& workplace, const Program& program, const TestCase& test,
                     const Layout& layout);
  void RunPlain(Workplace& workplace, const Program& program, const TestCase& test,
                const Layout& layout, TestReport* report);
  void RunInteractive(Workplace& workplace, const Program& program, const TestCase& test,
                      const Layout& layout, TestReport* report);
  void Interact(Workplace& workplace, const Program& program, const Program& validator,
                const TestCase& test, const Layout& layout, TestReport* report);
  RunSpec ProgramSpec(const Program& program, const TestCase& test, const Layout& layout) const;
  /// Validators are compiled once and kept. Empty with `why` when one does not compile.
  std::vector<std::shared_ptr<const Program>> Validators(Workplace& workplace, std::string* why);
  RunSpec ValidatorSpec(const Program& validator, const TestCase& test, int answer_fd) const;
  void Confirm(Workplace& workplace, const Program& program, const Limits& limits, Report* report);
  void Sanitize(Workplace& workplace, const Language& language, const Submission& submission,
                Report* report);

  Compiler& compiler_;
  const Problem& problem_;
  const JudgeOptions options_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Program>> validators_;
};

/// The second opinion: flags to build with, what the run needs, and what was objected to.
std::vector<std::string> SanitizerFlags();
void AddSanitizerSettings(RunSpec* spec);
std::string FirstObjection(const std::string& standard_error, const std::string& otherwise);

/// A time limit for problems that state none, from their accepted submissions in known languages:
/// the slowest one times the problem's multiplier, in whole seconds, at least one.
double CalibrateTimeLimit(Compiler& compiler, Workplace& workplace, const Problem& problem);

}  // namespace tesuji::verifier
