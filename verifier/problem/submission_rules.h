// submissions/submissions.yaml of 2025-09 packages: what the package's own submissions must get, by
// patterns of their names and of tests.
// Thread-safety: plain values and free functions.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/judge.h"
#include "core/result.h"

namespace tesuji::verifier {

/// What all submissions that a pattern matches must get on the tests that another one matches.
struct SubmissionRule {
  std::string tests;  ///< Pattern of names of tests and groups; empty: all.
  std::optional<std::vector<env::Verdict>> permitted;  ///< Every test has one of these.
  std::optional<std::vector<env::Verdict>> required;   ///< One test or more has one of these.
  std::optional<std::pair<double, double>> score;      ///< From, to.
  std::string message;   ///< Some validator's message has it within; empty: any.
  bool partial = false;  ///< Scores, and not all there is to score (partially_accepted).
  bool empty() const { return !permitted && !required && !score && message.empty() && !partial; }
};

/// What the file says of one submission.
struct SubmissionPlan {
  std::string language;                 ///< Its code in packages ("python3"); empty: by file name.
  std::string entrypoint;               ///< The file that is run; empty: by its name.
  std::optional<bool> sets_time_limit;  ///< Empty: as its folder says.
  bool beyond_time_limit = false;       ///< It must run longer than the limit by a factor.
  std::vector<SubmissionRule> rules;
  bool own_rules = false;  ///< Some come from the file and not from the folder's name.
};

class SubmissionRules {
 public:
  /// Reads submissions/submissions.yaml below `package`; without the file the defaults hold.
  /// Unknown keys and bad values are named by file and line.
  static Result<SubmissionRules> Load(const std::filesystem::path& package);

  /// `path` is relative to submissions/: "accepted/a.py".
  SubmissionPlan For(const std::filesystem::path& path) const;

 private:
  friend class SubmissionRulesReader;
  struct Entry {
    std::string pattern;
    SubmissionPlan plan;
  };
  std::vector<Entry> entries_;
};

/// `*` stands for any characters but '/', braces for alternatives: "{a,b}/*.py". Also true when the
/// pattern matches a folder above `path`.
bool MatchesPattern(const std::string& pattern, const std::string& path);

}  // namespace tesuji::verifier
