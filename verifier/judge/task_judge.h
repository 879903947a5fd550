// Judges an answer to a task of a task file, whatever its format: a function task with assertions
// or calls, or a program for standard input and output. Thread-safety: Judge() may run on many
// threads, each with its own Workplace.
#pragma once

#include <string>

#include "core/result.h"
#include "verifier/compile/compiler.h"
#include "verifier/compile/workplace.h"
#include "verifier/judge/judge_options.h"
#include "verifier/judge/report.h"
#include "verifier/problem/task_row.h"

namespace tesuji::verifier {

/// A line for a task that cannot be judged: its place, its id and the reason.
std::string WhyRefused(const JudgeTask& task);

class TaskJudge {
 public:
  /// `language`: of programs for standard input whose answer does not say it; empty: as they look.
  TaskJudge(Compiler& compiler, JudgeOptions options, std::string language)
      : compiler_(compiler), options_(options), language_(std::move(language)) {}

  /// Fails for what is the task's fault, naming its place, and for an answer in a language that the
  /// task does not ask for, naming the answer.
  Result<Report> Judge(Workplace& workplace, const JudgeTask& task,
                       const FunctionSubmission& answer);

 private:
  Result<Report> JudgeStdio(Workplace& workplace, const JudgeTask& task, const StdioTask& work,
                            const FunctionSubmission& answer);
  Compiler& compiler_;
  const JudgeOptions options_;
  const std::string language_;
};

}  // namespace tesuji::verifier
