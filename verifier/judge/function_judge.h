// Judges answers to function tasks and proves that the assertions ran.
//
// The candidate and the tests are two programs in two containers. The candidate's program answers
// calls; the tests' program holds the assertions, calls through a pipe, and only it can report
// success, with a nonce that never enters the candidate's container. So exit(0), a forged line, a
// patched assert or a jump into the harness prove nothing: the candidate has only its answers.
// Thread-safety: FunctionJudge::Judge() may run on many threads, each with its own Workplace.
#pragma once

#include "core/result.h"
#include "verifier/compile/compiler.h"
#include "verifier/compile/workplace.h"
#include "verifier/judge/function_pair.h"
#include "verifier/judge/judge_options.h"
#include "verifier/judge/report.h"
#include "verifier/problem/cpp_function.h"
#include "verifier/problem/function_task.h"

namespace tesuji::verifier {

class FunctionJudge {
 public:
  FunctionJudge(Compiler& compiler, JudgeOptions options)
      : compiler_(compiler), options_(options) {}
  /// Any language that has a harness. Fails, naming the task's place, for what is the task's fault:
  /// assertions that do not compile or prove nothing.
  Result<Report> Judge(Workplace& workplace, const FunctionTask& task,
                       const FunctionSubmission& submission);

 private:
  /// The programs of the first way to read task and answer that compiles.
  struct Build {
    const SplitTask* split = nullptr;
    std::shared_ptr<const Program> candidate;
    std::shared_ptr<const Program> tests;
    SourceFile source;
  };
  /// False: there is none, and the report has the verdict; an error: it is the task's fault.
  Result<bool> Compile(Workplace& workplace, const Language& language, const FunctionTask& task,
                       const std::vector<SplitTask>& ways, const std::string& solution,
                       Build* build, Report* report);
  CompileOutcome CompileTests(Workplace& workplace, const Language& language,
                              const std::string& text);
  /// `proves`: false when the tests came to their end and prove nothing: they did not call the
  /// candidate, or reached no assertion and could not fail otherwise. The reason tells which.
  TestReport RunOnce(Workplace& workplace, const Program& candidate, const Build& build,
                     FunctionWay way, bool* proves);
  void Sanitize(Workplace& workplace, const Language& language, const Build& build, Report* report);
  Compiler& compiler_;
  const JudgeOptions options_;
};

}  // namespace tesuji::verifier
