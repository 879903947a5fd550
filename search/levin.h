// Levin tree search: best-first over any single-agent environment, in order of depth / probability
// under a policy (Orseau, Lelis, Lattimore and Weber, "Single-agent policy tree search with
// guarantees", 2018). A solution of depth d and probability p is found within d / p expansions.
//
// For programs, env/program/enumerate/ is a thousand times faster; this works for every
// environment. Deterministic but for the time limit. Thread-safety: a free function; the evaluator
// states its own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "api/environment.h"
#include "search/evaluator.h"

namespace tesuji::search {

struct LevinOptions {
  std::int64_t expansions = 100'000;  ///< States whose children are made.
  std::size_t most_open = 1'000'000;  ///< Open states kept; beyond it the least likely are dropped.
  int batch = 32;                     ///< States evaluated at once.
  float target = 1;                   ///< A final state of this value or more is a solution.
  std::chrono::milliseconds time{0};  ///< Stop after so long; 0: no limit.
  const std::atomic<bool>* stop = nullptr;  ///< May be null.
};

struct LevinResult {
  bool solved = false;
  std::vector<env::Action> actions;  ///< To the solution, or to the best final state met.
  float value = -1;                  ///< Of that state; -1 when none was met.
  double bits = 0;                   ///< -log2 of its probability.
  std::int64_t expansions = 0;
  std::int64_t finished = 0;  ///< Final states met.
};

/// REQUIRES: one player, no chance, `root` ongoing, final states scored by rules.
LevinResult LevinSearch(const env::State& root, Evaluator* evaluator, const LevinOptions& options);

}  // namespace tesuji::search
