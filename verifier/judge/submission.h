// A submission as it is handed in: its files, where they come from, what a package says of them.
// Thread-safety: plain values and free functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "api/judge.h"
#include "core/result.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

struct Submission {
  std::string name;
  std::string language;  ///< Id in the table; empty: by the files' names.
  std::vector<SourceFile> files;
  std::optional<double> time_limit_seconds = {};  ///< Instead of the problem's, for this one alone.
  std::vector<env::Verdict> expected = {};  ///< What suits it (expectation.h); empty: anything.
};

/// Reads a submission: one file, or a folder of files.
Result<Submission> LoadSubmission(const std::filesystem::path& path);

/// What a package says about its own submissions: what they must get, constants are filled in, one
/// in submissions/slow_accepted (right, but too slow for the limit) has five minutes a test, unless
/// the caller has a limit of his own (`has_time_limit`).
void ApplyPackageRules(const Problem& problem, const std::filesystem::path& path,
                       bool has_time_limit, Submission* submission);

/// Why these files cannot be put into a box; empty when they can.
std::string Unfit(const std::vector<SourceFile>& files);

}  // namespace tesuji::verifier
