// A problem as the judge sees it: tests, limits, and how output is checked. The one place where
// expected answers are held; nothing here is ever given to a program under test but the inputs.
// Thread-safety: immutable after loading; shared between lanes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/compile/compiler.h"

namespace tesuji::verifier {

struct TestCase {
  std::string name;  ///< "sample/1", "secret/group/03"
  UniqueFd input;    ///< Sealed memory file.
  std::string answer;
  std::vector<std::string> validator_flags;
};

enum class Validation { kDefault, kCustom, kInteractive };

struct ProblemLimits {
  std::optional<double> time_seconds;  ///< Empty: to be found from accepted submissions.
  double accepted_multiplier = 5;      ///< Slowest accepted submission to time limit.
  std::int64_t memory_mib = 2048;
  std::int64_t output_mib = 8;
  std::int64_t code_kib = 128;
  double compilation_seconds = 60;
  std::int64_t compilation_memory_mib = 2048;
  double validation_seconds = 60;
  std::int64_t validation_memory_mib = 2048;
  std::int64_t validation_output_mib = 8;
};

struct Problem {
  std::string name;
  std::filesystem::path folder;
  std::string format;  ///< "legacy", "2025-09", "folder"
  std::string sha256;  ///< Of tests, validators and settings.
  ProblemLimits limits;
  Validation validation = Validation::kDefault;
  /// One entry a validator; all must accept.
  std::vector<std::vector<SourceFile>> validators;
  std::vector<TestCase> tests;  ///< Samples first, then by name.
  std::vector<std::string> warnings;
};

/// A problem package (has problem.yaml) or a plain folder of .in and .ans files.
Result<Problem> LoadProblem(const std::filesystem::path& folder);

}  // namespace tesuji::verifier
