// The test groups of a problem as a tree, and how the results of a group's members become its own.
//
// Two systems of rules exist. Graders (`legacy`, 2023-07): every group has a verdict and a score,
// made by the default grader or a program of the package. Bounds (2025-09): groups below "secret"
// have a greatest score, and a failed test has no score.
// Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tesuji::verifier {

enum class VerdictRule : std::uint8_t { kWorstError, kFirstError, kAlwaysAccept };
enum class ScoreRule : std::uint8_t { kSum, kMin, kMax, kAverage, kPassFail };

/// What the graders of a group go by.
struct GraderRules {
  bool stops = true;  ///< on_reject: break.
  bool custom = false;
  VerdictRule verdict = VerdictRule::kWorstError;
  ScoreRule score = ScoreRule::kSum;
  bool ignore_sample = false;  ///< Has a meaning in the root alone.
  bool accept_if_any_accepted = false;
  std::vector<std::string> flags;  ///< As written, for a custom grader.
  double accept_score = 1;
  double reject_score = 0;
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
};

/// A test of the submission's sources.
struct StaticTest {
  std::optional<double> max_score;  ///< Empty: pass-fail.
  std::vector<std::string> args;
};

/// What a group of a 2025-09 package goes by.
struct BoundRules {
  ScoreRule score = ScoreRule::kPassFail;  ///< kSum, kMin or kPassFail.
  std::optional<double> max_score;         ///< Empty: unbounded.
  std::vector<std::string> require_pass;   ///< Names of groups.
  std::optional<StaticTest> static_test;
};

struct GroupMember {
  bool is_group = false;
  std::size_t index = 0;  ///< In Problem::groups or Problem::tests.
};

struct TestGroup {
  std::string name;                  ///< "data", "sample", "secret", "secret/1"
  std::vector<GroupMember> members;  ///< In the order of judging.
  GraderRules grader;
  BoundRules bound;
};

}  // namespace tesuji::verifier
