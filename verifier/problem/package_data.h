// The data folder of a problem package: tests with their groups' and their own settings.
// Thread-safety: free functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/sha256.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// What a test gets from its group, or from its own file.
struct DataSettings {
  std::vector<std::string> args;             ///< Of the program.
  std::vector<std::string> validator_flags;  ///< In addition to those of problem.yaml.
};

/// Appends the tests below data/sample and data/secret, or of a plain folder, to the problem, and
/// all that matters about them to `hash`. `flags` go to the validator before a test's own.
/// Missing partners and unknown keys are named by file and line.
Status LoadPackageTests(const std::vector<std::string>& flags, Problem* problem, Sha256* hash);
Status LoadFolderTests(Problem* problem, Sha256* hash);

}  // namespace tesuji::verifier
