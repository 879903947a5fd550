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

namespace tesuji::service {

struct InlineTest {
  std::string name;
  std::string input;
  std::string output;
};

struct JudgementRequest {
  std::string problem;  ///< A name; empty: the tests are in the request.
  std::vector<InlineTest> tests;
  std::vector<std::string> validator_flags;  ///< Of inline tests.
  std::vector<verifier::Submission> submissions;
  verifier::JudgeOptions options;
  std::optional<double> deadline_seconds;
};

/// Fails with what is wrong with the request: key, value, what was expected.
Result<JudgementRequest> ParseJudgementRequest(std::string_view body,
                                               const verifier::LanguageTable& languages,
                                               const RunBounds& bounds);

/// A problem of the request's own tests. Makes a file in memory for each: made when work starts.
verifier::Problem MakeInlineProblem(const JudgementRequest& request);

}  // namespace tesuji::service
