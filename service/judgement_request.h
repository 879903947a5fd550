// `POST /v1/judgements`: submissions, and what they are judged by.
// Thread-safety: plain values and free functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "service/run_code.h"
#include "verifier/judge/judge_options.h"
#include "verifier/judge/submission.h"
#include "verifier/problem/task_row.h"

namespace tesuji::service {

struct InlineTest {
  std::string name;
  std::string input;
  std::string output;
};

struct JudgementRequest {
  std::string problem;  ///< A name; empty: the tests or the task are in the request.
  std::string task_id;  ///< Of a problem that is a file of tasks; empty: its only one.
  Json task;            ///< A row of a task file; null: there is none.
  std::vector<InlineTest> tests;
  std::vector<std::string> validator_flags;  ///< Of inline tests.
  /// An answer to a task has one file, whatever its name.
  std::vector<verifier::Submission> submissions;
  verifier::JudgeOptions options;
  std::optional<double> deadline_seconds;

  /// A task in the request or in a file of tasks, not tests for whole programs.
  bool asks_task() const;
};

/// Fails with what is wrong with the request: key, value, what was expected.
Result<JudgementRequest> ParseJudgementRequest(std::string_view body,
                                               const verifier::LanguageTable& languages,
                                               const RunBounds& bounds);

/// The request's own task. Made when work starts: it may take long. Fails with what is wrong with
/// the row, and when its own limits are beyond `bounds`.
Result<verifier::JudgeTask> MakeInlineTask(const JudgementRequest& request,
                                           const RunBounds& bounds);

/// A problem of the request's own tests. Makes a file in memory for each: made when work starts.
verifier::Problem MakeInlineProblem(const JudgementRequest& request);

}  // namespace tesuji::service
