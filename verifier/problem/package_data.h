// The data folder of a problem package: tests with their groups' and their own settings.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "core/sha256.h"
#include "verifier/problem/package_settings.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// Appends the tests below data/sample and data/secret, or of a plain folder, to the problem, with
/// their groups, and all that matters about them to `hash`. `flags` go to the output validator
/// before a test's own. Missing partners and unknown keys are named by file and line.
Status LoadPackageTests(const ValidatorFlagWords& flags, Problem* problem, Sha256* hash);
Status LoadFolderTests(Problem* problem, Sha256* hash);

/// The tests of data/invalid_input and its like, by names under data/. They need no answer.
Result<std::vector<TestCase>> LoadExtraTests(const Problem& problem, const std::string& part);

}  // namespace tesuji::verifier
