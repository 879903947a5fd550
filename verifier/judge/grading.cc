#include "verifier/judge/grading.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "verifier/problem/group_rules.h"
#include "verifier/problem/yaml.h"

namespace tesuji::verifier {

using env::Verdict;

namespace {

/// Of sums of decimal fractions.
constexpr double kRounding = 1e-9;

bool IsMore(double score, double most) {
  return score > most + kRounding * std::max(1.0, std::fabs(most));
}

double Combined(ScoreRule rule, const std::vector<Standing>& results) {
  double sum = 0;
  double least = results.front().score;
  double most = least;
  for (const Standing& one : results) {
    sum += one.score;
    least = std::min(least, one.score);
    most = std::max(most, one.score);
  }
  switch (rule) {
    case ScoreRule::kMin:
      return least;
    case ScoreRule::kMax:
      return most;
    case ScoreRule::kAverage:
      return sum / static_cast<double>(results.size());
    default:
      return sum;
  }
}

Verdict WorstError(const std::vector<Standing>& results) {
  for (const Verdict worst :
       {Verdict::kInternalError, Verdict::kCompileError, Verdict::kRuntimeError,
        Verdict::kMemoryLimit, Verdict::kTimeLimit, Verdict::kOutputLimit, Verdict::kWrongAnswer}) {
    if (std::ranges::find(results, worst, &Standing::verdict) != results.end()) return worst;
  }
  return Verdict::kAccepted;
}

Verdict FirstError(const std::vector<Standing>& results) {
  for (const Standing& one : results) {
    if (one.verdict != Verdict::kAccepted) return one.verdict;
  }
  return Verdict::kAccepted;
}

}  // namespace

Standing DefaultGrade(const GraderRules& rules, bool is_root,
                      const std::vector<Standing>& results) {
  // Flags are inherited; this one has a meaning in the root alone.
  if (rules.ignore_sample && is_root && results.size() > 1) {
    return DefaultGrade(rules, is_root, {results.back()});
  }
  Standing standing;
  standing.score = Combined(rules.score, results);
  const bool any =
      std::ranges::find(results, Verdict::kAccepted, &Standing::verdict) != results.end();
  if (rules.verdict == VerdictRule::kAlwaysAccept || (rules.accept_if_any_accepted && any)) {
    return standing;
  }
  standing.verdict =
      rules.verdict == VerdictRule::kFirstError ? FirstError(results) : WorstError(results);
  return standing;
}

Result<Standing> ParseGrade(std::string_view text) {
  YamlNode line;
  line.scalar = text.substr(0, 1000);
  for (char& c : line.scalar) c = c == '\r' ? ' ' : c;
  const std::vector<std::string> words = YamlWords(line);
  if (words.size() == 2) {
    const auto score = YamlNumber(words[1]);
    for (const Verdict verdict :
         {Verdict::kAccepted, Verdict::kWrongAnswer, Verdict::kTimeLimit, Verdict::kRuntimeError,
          Verdict::kMemoryLimit, Verdict::kOutputLimit}) {
      const bool finite = score && std::isfinite(*score);
      if (words[0] == env::VerdictName(verdict) && finite) return Standing{verdict, *score};
    }
  }
  return tesuji::Fail(
      fmt::format("the grader printed '{}': must be a verdict (AC, WA, TLE, RTE) and a score",
                  text.substr(0, 80)));
}

void Grading::Grade(Report* report) {
  report_ = report;
  report->tests.clear();
  report->groups.clear();
  Standing standing;
  if (problem_.groups.empty()) {  // A problem that was not read from a folder.
    TestGroup all{"data", {}, {}, {}};
    for (std::size_t i = 0; i < problem_.tests.size(); ++i) all.members.push_back({false, i});
    standing = GraderGroup(all);
  } else if (problem_.graders) {
    standing = Group(0);
  } else {
    standing = BoundRoot(problem_.groups.front());
  }
  report->score.reset();
  if (failed_) {
    report->verdict = Verdict::kInternalError;
    return;
  }
  report->verdict = standing.verdict;
  if (!problem_.scoring) return;
  // Graders score accepted submissions alone. Where less is better, no score is the best.
  const bool counts = !problem_.graders || standing.verdict == Verdict::kAccepted;
  if (counts || !problem_.minimises) report->score = counts ? standing.score : 0;
}

void Grading::Fail(const std::string& message) {
  failed_ = true;
  report_->message = message;
}

Standing Grading::Group(std::size_t index) {
  const TestGroup& group = problem_.groups[index];
  const std::size_t at = report_->groups.size();
  if (problem_.scoring) report_->groups.push_back({group.name, Verdict::kInternalError, 0, ""});
  const std::string missing = MissingRequirement(group);
  Standing standing;
  if (!missing.empty()) {
    standing.verdict = Verdict::kWrongAnswer;
    if (problem_.scoring) report_->groups[at].reason = "not judged: requires " + missing;
  } else {
    standing = problem_.graders ? GraderGroup(group) : BoundGroup(group);
    if (standing.verdict == Verdict::kAccepted) passed_.insert(group.name);
  }
  if (problem_.scoring && !failed_) {
    report_->groups[at].verdict = standing.verdict;
    report_->groups[at].score = standing.score;
    const GraderRules& rules = group.grader;
    const bool counts = problem_.graders && standing.verdict == Verdict::kAccepted;
    if (counts && (IsMore(standing.score, rules.highest) || IsMore(rules.lowest, standing.score))) {
      report_->groups[at].reason = fmt::format("the score {} is outside the range {} to {}",
                                               standing.score, rules.lowest, rules.highest);
    }
  }
  return standing;
}

Standing Grading::Member(const TestGroup& group, const GroupMember& member) {
  if (member.is_group) return Group(member.index);
  return Record(group, hooks_.run(member.index), MostOfTest(group));
}

/// Gives a test its score and puts it into the report.
Standing Grading::Record(const TestGroup& group, TestReport test, std::optional<double> most) {
  Standing standing{test.verdict, 0};
  if (problem_.graders) {
    const bool accepted = test.verdict == Verdict::kAccepted;
    if (accepted && test.given.score && !problem_.validator_scores) {
      test.verdict = standing.verdict = Verdict::kInternalError;
      test.reason =
          "the output validator wrote score.txt, but problem.yaml's validation has no "
          "'score'";
    }
    standing.score = !accepted ? group.grader.reject_score
                               : test.given.score.value_or(group.grader.accept_score);
    // Where there are no scores, custom graders get the usual ones.
    if (problem_.scoring) test.score = standing.score;
  } else if (problem_.scoring && test.verdict != Verdict::kInternalError) {
    std::string why;
    const auto score = BoundScore(group, test, most, &why);
    if (!why.empty()) {
      test.verdict = standing.verdict = Verdict::kInternalError;
      test.reason = why;
    }
    test.score = score;
    standing.score = score.value_or(0);
  }
  if (test.verdict == Verdict::kInternalError) Fail(fmt::format("{}: {}", test.name, test.reason));
  report_->tests.push_back(std::move(test));
  return standing;
}

Standing Grading::GraderGroup(const TestGroup& group) {
  std::vector<Standing> results;
  bool stopped = false;
  for (const GroupMember& member : group.members) {
    if (stopped && !all_tests_) break;
    const Standing one = Member(group, member);
    if (failed_) return {};
    if (stopped) continue;  // Judged to be shown.
    results.push_back(one);
    stopped = one.verdict != Verdict::kAccepted && group.grader.stops;
  }
  if (results.empty()) return {};
  if (!group.grader.custom) {
    return DefaultGrade(group.grader, group.name == "data", results);
  }
  const auto graded = hooks_.grade(group, results);
  if (graded) return *graded;
  Fail(fmt::format("{}: {}", group.name, graded.error().message));
  return {};
}

Standing Grading::BoundRoot(const TestGroup& group) {
  Standing standing;
  for (const GroupMember& member : group.members) {
    const bool stop = !problem_.scoring && !all_tests_;
    if (stop && standing.verdict != Verdict::kAccepted) break;
    const Standing one = Member(group, member);
    if (failed_) return {};
    if (standing.verdict == Verdict::kAccepted) standing.verdict = one.verdict;
    if (member.is_group && problem_.groups[member.index].name == "secret") {
      standing.score = one.score;
    }
  }
  return standing;
}

bool Grading::Stops(const TestGroup& group) const {
  if (all_tests_) return false;
  // What follows a failure can change nothing.
  return !problem_.scoring || group.bound.score != ScoreRule::kSum;
}

std::string Grading::MissingRequirement(const TestGroup& group) const {
  if (problem_.graders) return {};
  for (const std::string& name : group.bound.require_pass) {
    if (!passed_.contains(name)) return name;
  }
  return {};
}

Standing Grading::BoundGroup(const TestGroup& group) {
  std::vector<Standing> results;
  const auto stopped = [&] {
    return failed_ ||
           (!results.empty() && results.back().verdict != Verdict::kAccepted && Stops(group));
  };
  if (group.bound.static_test) {
    results.push_back(Record(group, hooks_.run_static(group), group.bound.static_test->max_score));
  }
  for (const GroupMember& member : group.members) {
    if (stopped()) break;
    results.push_back(Member(group, member));
  }
  if (failed_ || results.empty()) return {};
  Standing standing{FirstError(results), 0};
  if (!problem_.scoring || group.name == "sample") return standing;
  const auto& most = group.bound.max_score;
  if (group.bound.score == ScoreRule::kPassFail) {
    standing.score = standing.verdict == Verdict::kAccepted ? most.value_or(0) : 0;
    return standing;
  }
  standing.score = Combined(group.bound.score, results);
  if (most && IsMore(standing.score, *most)) {
    Fail(fmt::format("{}: the score {} is more than its max_score {}", group.name, standing.score,
                     *most));
  } else if (most) {
    standing.score = std::min(standing.score, *most);
  }
  return standing;
}

/// The most that one of the group's tests can bring, where that is bounded.
std::optional<double> Grading::MostOfTest(const TestGroup& group) const {
  const BoundRules& rules = group.bound;
  if (problem_.graders || !rules.max_score || rules.score == ScoreRule::kMin) {
    return rules.max_score;
  }
  const double part =
      rules.static_test && rules.static_test->max_score ? *rules.static_test->max_score : 0;
  return (*rules.max_score - part) / static_cast<double>(CountTests(problem_, group));
}

std::optional<double> Grading::BoundScore(const TestGroup& group, const TestReport& test,
                                          std::optional<double> most, std::string* why) const {
  if (group.name == "sample" || group.name == "data") return std::nullopt;
  const auto& [score, multiplier, message] = test.given;
  const bool accepted = test.verdict == Verdict::kAccepted;
  const bool scored = group.bound.score != ScoreRule::kPassFail;
  if (!score && !multiplier) {
    if (!scored) return std::nullopt;
    if (accepted && !most) *why = "has no bound, and the validator gave no score.txt";
    return accepted ? most.value_or(0) : 0;
  }
  if (!scored) *why = "the validator gave a score in a group with pass-fail aggregation";
  // A validator that accepted a run which failed otherwise has done nothing wrong.
  if (!accepted) {
    if (test.verdict == Verdict::kWrongAnswer)
      *why = "the validator gave a score and no acceptance";
    return scored ? std::optional(0.0) : std::nullopt;
  }
  if (score && multiplier) {
    *why = "the validator gave both score.txt and score_multiplier.txt";
  } else if (multiplier && !most) {
    *why = "the validator gave a score_multiplier.txt, but the score has no bound";
  } else if (multiplier && !(*multiplier >= 0 && *multiplier <= 1)) {
    *why = fmt::format("score_multiplier.txt must be from 0 to 1, not {}", *multiplier);
  } else if (score && !(*score >= 0)) {
    *why = fmt::format("score.txt must not be negative, as {} is", *score);
  } else if (score && most && IsMore(*score, *most)) {
    *why = fmt::format("score.txt says {}, more than the test's most, {}", *score, *most);
  }
  return score ? *score : *multiplier * most.value_or(0);
}

}  // namespace tesuji::verifier
