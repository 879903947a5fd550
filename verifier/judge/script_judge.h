// Judges answers to function tasks in Python and JavaScript: like function_judge.h, with a verdict
// for each check. All checks share a run; one that ends or exceeds the time limit is followed by
// another run from there, so that each check has the whole limit.
// Thread-safety: Judge() may run on many threads, each with its own Workplace.
#pragma once

#include "verifier/judge/function_pair.h"
#include "verifier/judge/report.h"
#include "verifier/problem/function_task.h"

namespace tesuji::verifier {

class ScriptJudge {
 public:
  ScriptJudge(Compiler& compiler, JudgeOptions options) : compiler_(compiler), options_(options) {}
  /// Fails, naming the task's place, for what is the task's fault.
  Result<Report> Judge(Workplace& workplace, const FunctionTask& task,
                       const FunctionSubmission& submission);

 private:
  /// Appends to the report's tests and sets its verdict.
  Status RunChecks(Workplace& workplace, const FunctionTask& task, const Program& candidate,
                   const Program& tests, FunctionWay way, Report* report);
  Compiler& compiler_;
  const JudgeOptions options_;
};

}  // namespace tesuji::verifier
