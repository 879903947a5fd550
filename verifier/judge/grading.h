// The order in which a problem's tests are judged, and what their results add up to: a verdict and,
// in scoring problems, a score for every test group and for the submission.
//
// Tests are judged group by group, in order; a group may stop at its first failure. Two systems of
// rules: graders (legacy) and bounds (2025-09), see problem/test_group.h. A result that breaks the
// package's own rules is an IE: it says nothing about the submission.
// Thread-safety: one thread.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "verifier/judge/report.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// What a test or a group came to.
struct Standing {
  env::Verdict verdict = env::Verdict::kAccepted;
  double score = 0;
};

struct GradingHooks {
  /// Runs a test of Problem::tests.
  std::function<TestReport(std::size_t)> run;
  /// Runs the static validator on the sources for a group that has a static test.
  std::function<TestReport(const TestGroup&)> run_static;
  /// Runs the package's own grader.
  std::function<Result<Standing>(const TestGroup&, const std::vector<Standing>&)> grade;
};

class Grading {
 public:
  /// `problem` is borrowed. `all_tests`: a failure stops no group, and still decides its result.
  Grading(const Problem& problem, GradingHooks hooks, bool all_tests)
      : problem_(problem), hooks_(std::move(hooks)), all_tests_(all_tests) {}

  /// Judges all that counts; fills verdict, score, tests, groups and, after an IE, message.
  void Grade(Report* report);

 private:
  Standing Group(std::size_t index);
  Standing GraderGroup(const TestGroup& group);
  Standing BoundGroup(const TestGroup& group);
  Standing BoundRoot(const TestGroup& group);
  Standing Member(const TestGroup& group, const GroupMember& member);
  Standing Record(const TestGroup& group, TestReport test, std::optional<double> most);
  std::optional<double> MostOfTest(const TestGroup& group) const;
  /// The score of an accepted test in a bounded group; empty with `why` when it breaks the rules.
  std::optional<double> BoundScore(const TestGroup& group, const TestReport& test,
                                   std::optional<double> most, std::string* why) const;
  bool Stops(const TestGroup& group) const;
  /// The first of the groups that `group` requires and that has not passed; empty: none.
  std::string MissingRequirement(const TestGroup& group) const;
  void Fail(const std::string& message);

  const Problem& problem_;
  const GradingHooks hooks_;
  const bool all_tests_;
  Report* report_ = nullptr;
  std::set<std::string> passed_;
  bool failed_ = false;  ///< Ours; ends everything.
};

/// What the format's default grader says. REQUIRES: results is not empty.
Standing DefaultGrade(const GraderRules& rules, bool is_root, const std::vector<Standing>& results);

/// What a custom grader prints: "AC 42.5". Fails on anything else.
Result<Standing> ParseGrade(std::string_view text);

}  // namespace tesuji::verifier
