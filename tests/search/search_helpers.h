// Small helpers of the search tests.
#pragma once

#include <vector>

#include "search/mcts.h"
#include "tests/search/tree_game.h"

namespace tesuji::search {

/// Visits of the root's actions, in order.
inline std::vector<int> Visits(const SearchResult& result) {
  std::vector<int> visits;
  for (const ActionStats& stats : result.actions) visits.push_back(static_cast<int>(stats.visits));
  return visits;
}

/// Target probability of each root action, zeros included.
inline std::vector<double> Target(const SearchResult& result) {
  std::vector<double> target;
  for (const ActionStats& stats : result.actions) {
    target.push_back(0);
    for (const env::PolicyEntry& entry : result.target) {
      if (entry.action == stats.action) target.back() = entry.probability;
    }
  }
  return target;
}

/// PUCT with plain constants, so that numbers can be followed on paper:
/// score = Q + sqrt(N) * P / (1 + n), N counting the root's own evaluation; no FPU reduction.
inline SearchOptions PlainPuct() {
  SearchOptions options;
  options.cpuct = 1;
  options.cpuct_log = 0;
  options.fpu_reduction = 0;
  options.prove = false;
  return options;
}

/// A Gumbel root without noise and with small constants: sigma(q) = (1 + max N) * q.
inline SearchOptions PlainGumbel() {
  SearchOptions options = PlainPuct();
  options.root = "gumbel";
  options.gumbel_noise = false;
  options.gumbel_visit_offset = 1;
  options.gumbel_scale = 1;
  return options;
}

/// One fresh search from the environment's start.
inline SearchResult SearchStart(const env::Environment& environment, Evaluator* evaluator,
                                const SearchOptions& options, int simulations,
                                std::uint64_t seed = 1) {
  Mcts mcts(environment, options);
  mcts.SetRoot(**environment.NewState({}));
  RandomStream random(seed);
  return RunSearch(&mcts, evaluator, &random, simulations);
}

}  // namespace tesuji::search
