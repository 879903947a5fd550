// The time limit of a problem that states none.
// Thread-safety: as the workplace.
#pragma once

#include <functional>
#include <string>

#include "verifier/compile/compiler.h"
#include "verifier/problem/problem.h"
#include "verifier/problem/submission_rules.h"

namespace tesuji::verifier {

/// From its accepted submissions in known languages, and those that submissions.yaml adds: the
/// slowest one times the problem's multiplier, in whole steps, at least one. Ten seconds when there
/// are none. `tell` (may be empty) is given the name of each before it runs.
double CalibrateTimeLimit(Compiler& compiler, Workplace& workplace, const Problem& problem,
                          const SubmissionRules& rules,
                          const std::function<void(const std::string&)>& tell = {});

}  // namespace tesuji::verifier
