// Holds any environment against the contract of api/environment.h by playing random episodes: what
// `tesuji check-env` and the contract tests run.
//
// It finds broken promises, it does not prove that there are none: rules may be wrong and keep
// every promise. States that await a judge are given to it, which is held against its own contract
// (api/contract_judge.h). What the environment or the judge throws is a broken promise too; what
// crashes or hangs ends the caller, see cli/check_env.cc. Thread-safety: a free function; the
// environment is shared as its contract allows.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "api/guard.h"
#include "api/judge.h"
#include "api/registry.h"

namespace tesuji::env {

/// Makes a judge; null: there is none.
using MakeJudgeFunction = std::function<Result<std::unique_ptr<Judge>>()>;

struct ContractOptions {
  std::uint64_t seed = 1;
  int episodes = 20;
  int symmetries = 8;          ///< At most this many are followed in each episode.
  int mutated_artifacts = 20;  ///< Damaged texts given to FromArtifact() after each episode.
  int threads = 4;             ///< That replay episodes at once in the end; below 2: no such check.
  MakeJudgeFunction make_judge = {};  ///< Of states that await one; empty: there is none.
  std::chrono::milliseconds judge_patience{10'000};  ///< For a judgement to come.
  GuardTrace* trace = nullptr;  ///< Says what is being called, for whoever watches; may be null.
};

/// One broken promise, its first occurrence.
struct ContractViolation {
  std::string rule;    ///< The promise: "LegalActions ascend".
  std::string detail;  ///< Episode, step, and what was seen instead.
};

/// Empty when every promise held. Each promise is reported once.
std::vector<ContractViolation> CheckContract(const Environment& environment,
                                             const ContractOptions& options = {});
/// The same of what `registry` makes under this id, with the judge of its factory: for the tests of
/// a plug-in. options.make_judge is not used.
std::vector<ContractViolation> CheckContract(const Registry& registry, std::string_view id,
                                             const Json& parameters, ContractOptions options = {});

}  // namespace tesuji::env
