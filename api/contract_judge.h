// Holds a judge against the contract of api/judge.h by giving it finished states: the part of the
// contract suite (api/contract.h) for environments whose episodes end in kAwaitsJudge.
// Thread-safety: a free function; judges are called by the caller's thread alone.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "api/contract.h"
#include "api/environment.h"
#include "api/judge.h"

namespace tesuji::env {

/// `finished`: states in kAwaitsJudge, at least one. `patience`: for how long no judgement may come
/// while tickets are out. What the judge throws passes through when it is an EnvironmentFault.
std::vector<ContractViolation> CheckJudge(const MakeJudgeFunction& make_judge,
                                          const std::vector<std::unique_ptr<State>>& finished,
                                          std::chrono::milliseconds patience);

}  // namespace tesuji::env
