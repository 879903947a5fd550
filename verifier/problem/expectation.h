// What the authors of a package say their own submissions must get: by the folder that holds one,
// or by a tag in its source, `@EXPECTED_RESULTS@: WRONG_ANSWER, TIME_LIMIT_EXCEEDED`, which goes
// before the folder.
// Thread-safety: free functions.
#pragma once

#include <filesystem>
#include <vector>

#include "env/judge.h"
#include "verifier/compile/compiler.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// The verdicts that suit the submission at `path`, without repetition, in the order of the
/// enumeration. Empty: nothing is expected of it (not the package's own, or a folder or a word
/// that has no meaning here).
std::vector<env::Verdict> ExpectedVerdicts(const Problem& problem,
                                           const std::filesystem::path& path,
                                           const std::vector<SourceFile>& files);

}  // namespace tesuji::verifier
