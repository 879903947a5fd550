// A problem as the judge sees it: tests, limits, and how output is checked. The one place where
// expected answers are held; nothing here is ever given to a program under test but the inputs.
// Thread-safety: immutable after loading; shared between lanes.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/compile/compiler.h"
#include "verifier/problem/test_group.h"

namespace tesuji::verifier {

/// Flags of input validators by the validator's name; "": of all that are not named.
using InputValidatorFlags = std::map<std::string, std::vector<std::string>>;

struct TestCase {
  std::string name;  ///< "sample/1", "secret/group/03"
  UniqueFd input;    ///< Sealed memory file.
  std::string answer;
  std::vector<std::string> validator_flags;  ///< Of output validators.
  InputValidatorFlags input_validator_flags;
  std::vector<std::string> args;                        ///< Of the program under test.
  std::vector<std::pair<std::string, UniqueFd>> files;  ///< Put beside the program; sealed.
};

enum class Validation { kDefault, kCustom, kInteractive };

struct ProblemLimits {
  std::optional<double> time_seconds;  ///< Empty: to be found from accepted submissions.
  double accepted_multiplier = 5;      ///< Slowest accepted submission to time limit.
  double rejected_multiplier = 1.5;    ///< Time limit to what must exceed it (time_limit_to_tle).
  std::int64_t memory_mib = 2048;
  std::int64_t output_mib = 8;
  std::int64_t code_kib = 128;
  double time_resolution = 1;                 ///< A found time limit is a multiple of it.
  std::optional<double> compilation_seconds;  ///< Empty: the language's own limit.
  std::optional<std::int64_t> compilation_memory_mib;
  double validation_seconds = 60;
  std::int64_t validation_memory_mib = 2048;
  std::int64_t validation_output_mib = 8;
  int validation_passes = 2;  ///< Of multi-pass problems.
};

struct Problem {
  std::string name;
  std::filesystem::path folder;
  std::string format;  ///< "legacy", "2025-09", "folder"; other versions count as one of these.
  std::string sha256;  ///< Of tests, validators and settings.
  ProblemLimits limits;
  bool scoring = false;
  bool minimises = false;         ///< Of scores, the lower is the better.
  bool validator_scores = false;  ///< Output validators may give scores.
  bool graders = true;            ///< Which rules of its groups hold: GraderRules or BoundRules.
  int passes = 1;                 ///< Most runs a test; more than 1: multi-pass.
  bool answers_only = false;      ///< submit-answer: submissions hold answers and no program.
  Validation validation = Validation::kDefault;
  /// One entry a validator; all must accept.
  std::vector<std::vector<SourceFile>> validators;
  std::vector<SourceFile> grader;                           ///< A custom one; usually empty.
  std::vector<SourceFile> static_validator;                 ///< Usually empty.
  std::vector<TestCase> tests;                              ///< Samples first, then by name.
  std::vector<TestGroup> groups;                            ///< The root first; empty: one group.
  std::vector<std::string> languages;                       ///< Allowed; empty: all.
  std::map<std::string, std::vector<SourceFile>> includes;  ///< By language, or "default".
  std::map<std::string, std::string> constants;

  /// Packages know AC, WA, TLE and RTE only: going over the memory or output limit is an RTE.
  bool is_package() const { return format != "folder"; }
  /// "accepted/a.py": where `path` lies under submissions/, wherever its links lead. Empty for what
  /// is not one of the package's own submissions.
  std::filesystem::path PathOfOwn(const std::filesystem::path& path) const;
  /// "accepted", "wrong_answer", …: the folder under submissions/ that holds `path`. Empty for what
  /// is not one of the package's own submissions.
  std::string KindOfOwn(const std::filesystem::path& path) const;
};

/// A problem package (has problem.yaml) or a plain folder of .in and .ans files.
Result<Problem> LoadProblem(const std::filesystem::path& folder);

}  // namespace tesuji::verifier
