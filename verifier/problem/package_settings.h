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

/// Fills the problem's format, name, limits, validation, languages and constants; `flags` are for
/// every output validator. Unknown keys are named by file and line.
Status ReadPackageSettings(const YamlNode& root, const std::string& origin, Problem* problem,
                           std::vector<std::string>* flags);

/// A list as it is, a string split at white space.
std::vector<std::string> YamlWords(const YamlNode& node);

/// `text` with every {{name}} of a known constant replaced by its value.
std::string WithConstants(std::string_view text,
                          const std::map<std::string, std::string>& constants);

}  // namespace tesuji::verifier
