#include "verifier/judge/expected_results.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "verifier/problem/group_rules.h"

namespace tesuji::verifier {

using env::Verdict;

namespace {

std::string Names(const std::vector<Verdict>& verdicts) {
  std::vector<std::string_view> names;
  for (const Verdict one : verdicts) names.push_back(env::VerdictName(one));
  return fmt::format("{}", fmt::join(names, ", "));
}

bool Has(const std::vector<Verdict>& verdicts, Verdict verdict) {
  return std::ranges::find(verdicts, verdict) != verdicts.end();
}

class Comparison {
 public:
  Comparison(const Problem& problem, const SubmissionRule& rule, const Report& report,
             std::vector<std::string>* out)
      : problem_(problem), rule_(rule), report_(report), out_(out) {
    for (const TestReport& test : report.tests) {
      if (rule.tests.empty() || MatchesPattern(rule.tests, test.name)) tests_.push_back(&test);
    }
  }

  void Compare() {
    if (report_.tests.empty()) {
      Say("there is no verdict on any test: {}", env::VerdictName(report_.verdict));
      return;
    }
    if (rule_.permitted) Permitted();
    if (rule_.required) Required();
    if (rule_.score) Score();
    if (rule_.partial) Partial();
    const bool said = std::ranges::any_of(tests_, [&](const TestReport* test) {
      return test->given.message.find(rule_.message) != std::string::npos;
    });
    if (!rule_.message.empty() && !said) {
      Say("no judge message says '{}'", rule_.message);
    }
  }

 private:
  template <class... Args>
  void Say(fmt::format_string<Args...> text, Args&&... args) {
    out_->push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  void Permitted() {
    for (const TestReport* test : tests_) {
      if (Has(*rule_.permitted, test->verdict)) continue;
      Say("{} got {}; permitted: {}", test->name, env::VerdictName(test->verdict),
          Names(*rule_.permitted));
      return;
    }
  }
  void Required() {
    for (const TestReport* test : tests_) {
      if (Has(*rule_.required, test->verdict)) return;
    }
    Say("no test{} got what is required: {}", rule_.tests.empty() ? "" : " of " + rule_.tests,
        Names(*rule_.required));
  }
  void Score() {
    const auto check = [&](const std::string& name, double score) {
      if (score >= rule_.score->first && score <= rule_.score->second) return;
      Say("{} has the score {}; expected: {} to {}", name, score, rule_.score->first,
          rule_.score->second);
    };
    if (rule_.tests.empty()) {
      if (!report_.score) Say("there is no score");
      if (report_.score) check("the submission", *report_.score);
      return;
    }
    for (const GroupReport& group : report_.groups) {
      if (MatchesPattern(rule_.tests, group.name)) check(group.name, group.score);
    }
  }
  void Partial() {
    const double score = report_.score.value_or(0);
    const auto share = ShareOfBest(problem_, score);
    if (!problem_.scoring) Say("partially_accepted needs 'type: scoring'");
    // Graders accept what has a part of the score.
    if (problem_.graders && report_.verdict != Verdict::kAccepted) {
      Say("got {}; expected: AC with a part of the score", env::VerdictName(report_.verdict));
    }
    if (share && *share >= 1) Say("{} is the best score there is; expected: less", score);
  }

  const Problem& problem_;
  const SubmissionRule& rule_;
  const Report& report_;
  std::vector<std::string>* out_;
  std::vector<const TestReport*> tests_;
};

}  // namespace

std::vector<std::string> Differences(const Problem& problem,
                                     const std::vector<SubmissionRule>& rules,
                                     const Report& report) {
  std::vector<std::string> out;
  for (const SubmissionRule& rule : rules) Comparison(problem, rule, report, &out).Compare();
  return out;
}

std::vector<Verdict> SuitableVerdicts(const std::vector<SubmissionRule>& rules) {
  std::vector<Verdict> suitable = {Verdict::kAccepted, Verdict::kWrongAnswer, Verdict::kTimeLimit,
                                   Verdict::kRuntimeError};
  const std::size_t all = suitable.size();
  for (const SubmissionRule& rule : rules) {
    if (rule.permitted && rule.tests.empty()) {
      std::erase_if(suitable, [&](Verdict one) { return !Has(*rule.permitted, one); });
    }
    // One test must not be accepted: then neither is the submission.
    if (rule.required && !Has(*rule.required, Verdict::kAccepted)) {
      std::erase(suitable, Verdict::kAccepted);
    }
    if (rule.permitted && !rule.tests.empty() && !Has(*rule.permitted, Verdict::kAccepted)) {
      std::erase(suitable, Verdict::kAccepted);
    }
  }
  if (suitable.size() == all) suitable.clear();
  return suitable;
}

}  // namespace tesuji::verifier
