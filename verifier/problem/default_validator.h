// The default output validator of the ICPC/Kattis problem package format: compares token by
// token, with optional case and white-space sensitivity and floating-point tolerances.
// Thread-safety: free functions and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace tesuji::verifier {

struct ValidatorFlags {
  bool case_sensitive = false;
  bool space_change_sensitive = false;
  std::optional<double> absolute_tolerance;
  std::optional<double> relative_tolerance;
};

/// Reads "case_sensitive", "float_tolerance 1e-6", …; fails on anything else.
Result<ValidatorFlags> ParseValidatorFlags(const std::vector<std::string>& words);

/// Empty when `output` is right; else where and how it first differs, for the judge's eyes only.
std::optional<std::string> FirstDifference(std::string_view answer, std::string_view output,
                                           const ValidatorFlags& flags);

}  // namespace tesuji::verifier
