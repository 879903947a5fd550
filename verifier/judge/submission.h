// A submission as it is handed in: its files, where they come from, what a package says of them.
// Thread-safety: plain values and free functions.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "api/judge.h"
#include "core/result.h"
#include "verifier/problem/problem.h"
#include "verifier/problem/submission_rules.h"

namespace tesuji::verifier {

struct Submission {
  std::string name;
  std::string language;  ///< Id in the table; empty: by the files' names.
  std::vector<SourceFile> files;
  std::optional<double> time_limit_seconds = {};  ///< Instead of the problem's, for this one alone.
  bool all_tests = false;          ///< What is expected of it can be told by all tests only.
  bool beyond_time_limit = false;  ///< `use_for_time_limit: upper` of submissions.yaml.
  std::vector<env::Verdict> expected = {};  ///< What suits it (expectation.h); empty: anything.
  std::vector<SubmissionRule> rules = {};   ///< Of submissions.yaml; usually empty.
  std::vector<std::string> dropped = {};    ///< Compiled code that lay beside its sources.
};

/// Reads a submission: one file, or a folder of files. Links are followed only in submissions that
/// lie in `package` (may be empty), and only where they lead to something in it. Hidden files and
/// compiled code are not read.
Result<Submission> LoadSubmission(const std::filesystem::path& path,
                                  const std::filesystem::path& package = {});
/// One file from a stream, in a language of the table.
Result<Submission> ReadSubmission(std::istream& in, const Language& language);

/// What a package says about its own submissions: what they must get, constants are filled in, one
/// in submissions/slow_accepted (right, but too slow for the limit) has five minutes a test, unless
/// the caller has a limit of his own (`has_time_limit`).
void ApplyPackageRules(const Problem& problem, const std::filesystem::path& path,
                       bool has_time_limit, Submission* submission);
/// The same for what submissions.yaml says. Fails for a language that the table does not have.
Status ApplyPlan(const SubmissionPlan& plan, const LanguageTable& languages,
                 Submission* submission);

/// Why these files cannot be put into a box; empty when they can.
std::string Unfit(const std::vector<SourceFile>& files);

}  // namespace tesuji::verifier
