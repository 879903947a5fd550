// What a Spec must be before anything else can be trusted: sizes that add up, symmetries that are
// permutations. Used by the contract suite and by the guard around plug-ins.
// Thread-safety: a free function.
#pragma once

#include <string>
#include <vector>

#include "api/environment.h"

namespace tesuji::env {

struct SpecProblem {
  std::string rule;    ///< The promise: "spec: one or two players".
  std::string detail;  ///< What was found instead.
};

/// Empty when all is well.
std::vector<SpecProblem> CheckSpec(const Spec& spec);

}  // namespace tesuji::env
