// problem.yaml of a problem package: limits, kind of validation, constants.
// Thread-safety: free functions.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/problem/problem.h"
#include "verifier/problem/yaml.h"

namespace tesuji::verifier {

/// Flags of output validators, and where they are written: "problem.yaml:7".
struct ValidatorFlagWords {
  std::vector<std::string> words;
  std::string origin;
};

/// Fills the problem's format, name, type, limits, validation, languages and constants; `flags` are
/// for every output validator. Unknown keys are named by file and line.
Status ReadPackageSettings(const YamlNode& root, const std::string& origin, Problem* problem,
                           ValidatorFlagWords* flags);

/// `text` with every {{name}} of a known constant replaced by its value.
std::string WithConstants(std::string_view text,
                          const std::map<std::string, std::string>& constants);

}  // namespace tesuji::verifier
