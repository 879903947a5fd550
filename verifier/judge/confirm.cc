// What an accepted submission must pass besides: a second run under other conditions, sanitizers.
#include <fmt/format.h>

#include <algorithm>

#include "verifier/judge/other_conditions.h"
#include "verifier/judge/sanitizer.h"
#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {

using env::Verdict;

std::map<std::size_t, TestReport> SubmissionJudge::RunShuffled(Workplace& workplace,
                                                               const Program& program,
                                                               const Layout& layout,
                                                               const Report& before) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < problem_.tests.size(); ++i) {
    const std::string& name = problem_.tests[i].name;
    if (std::ranges::find(before.tests, name, &TestReport::name) != before.tests.end()) {
      order.push_back(i);
    }
  }
  RandomStream random({options_.seed, 0x5f});
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  std::map<std::size_t, TestReport> reports;
  for (const std::size_t index : order) {
    reports[index] = RunTest(workplace, program, problem_.tests[index], layout);
    const bool as_before =
        reports[index].verdict ==
        std::ranges::find(before.tests, problem_.tests[index].name, &TestReport::name)->verdict;
    if (!as_before && !problem_.scoring) break;  // The submission is rejected by this one.
  }
  return reports;
}

void SubmissionJudge::Confirm(Workplace& workplace, const Program& program,
                              const Submission& submission, Report* report) {
  WaitForAnotherSecond();
  Layout layout;
  layout.limits = RunLimits(submission);
  layout.again = true;
  Report second;
  second.tests = report->tests;
  RunTests(workplace, program, submission, layout, &second);
  const bool same = second.verdict == report->verdict && second.score == report->score;
  report->evidence["confirmed"] = same;
  if (same) return;
  report->message = "accepted at first, but not when run again under other conditions";
  if (second.verdict == report->verdict) {
    report->message = fmt::format("the score was {} at first, and {} under other conditions",
                                  report->score.value_or(0), second.score.value_or(0));
    second.verdict = Verdict::kWrongAnswer;
  }
  report->verdict = second.verdict;
  report->tests = std::move(second.tests);
  report->groups = std::move(second.groups);
  if (report->score) report->score = std::min(*report->score, second.score.value_or(0));
  if (report->verdict == Verdict::kInternalError) report->score.reset();
}

void SubmissionJudge::Sanitize(Workplace& workplace, const Language& language,
                               const Submission& submission, Report* report) {
  if (!language.sanitizers) {
    report->evidence["sanitizers"] = NoSanitizers(language);
    return;
  }
  const CompileOutcome outcome =
      compiler_.Compile(workplace, language, WithIncludes(language, submission),
                        PackageCompileOptions(SanitizerFlags()));
  if (outcome.state != CompileOutcome::State::kDone) {
    report->verdict = Verdict::kInternalError;
    report->message = "the sanitizer build failed: " + outcome.messages;
    return;
  }
  Layout layout;
  layout.limits = RunLimits(submission);
  layout.sanitizer = true;
  Report second;
  RunTests(workplace, *outcome.program, submission, layout, &second);
  report->evidence["sanitizers"] = second.verdict == Verdict::kAccepted ? "clean" : "failed";
  if (second.verdict == Verdict::kAccepted) return;
  report->verdict = second.verdict;
  report->tests = std::move(second.tests);
  report->message = "accepted, but the sanitizers object";
}

}  // namespace tesuji::verifier
