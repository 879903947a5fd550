// What the authors of a package say their own submissions must get: by the folder that holds one,
// or by a tag in its source, `@EXPECTED_RESULTS@: WRONG_ANSWER, TIME_LIMIT_EXCEEDED`, which goes
// before the folder.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "api/judge.h"
#include "verifier/compile/compiler.h"

namespace tesuji::verifier {

/// The verdicts that suit a submission of the kind that its folder names (Problem::KindOfOwn()),
/// without repetition, in the order of the enumeration. Empty: nothing is expected of it, because
/// neither the folder nor a word of the tag has a meaning here.
std::vector<env::Verdict> ExpectedVerdicts(const std::string& kind,
                                           const std::vector<SourceFile>& files);

}  // namespace tesuji::verifier
