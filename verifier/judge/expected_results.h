// Does a submission of the package get what the package says of it?
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "verifier/judge/report.h"
#include "verifier/problem/problem.h"
#include "verifier/problem/submission_rules.h"

namespace tesuji::verifier {

/// Each way in which `report` differs from the rules, as a sentence.
std::vector<std::string> Differences(const Problem& problem,
                                     const std::vector<SubmissionRule>& rules,
                                     const Report& report);

/// The verdicts that suit the whole submission by these rules; empty: any.
std::vector<env::Verdict> SuitableVerdicts(const std::vector<SubmissionRule>& rules);

}  // namespace tesuji::verifier
