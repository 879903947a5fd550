// The inside of Mcts: one tree, one search, the leaves that wait. Only search/*.cc include this.
// Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "search/mcts.h"
#include "search/root_rule.h"
#include "search/tree.h"

namespace tesuji::search {

struct Mcts::Impl {
  /// A leaf that waits for its evaluation.
  struct Pending {
    std::vector<NodeIndex> path;  ///< From the root to the leaf.
    std::unique_ptr<env::State> state;
    std::vector<env::Action> legal;
  };

  Impl(const env::Environment& env, const SearchOptions& search_options, const RootRuleKind& kind);

  void Begin(RandomStream* random, int simulations, bool with_noise);
  bool done() const;
  void CollectRequests(std::vector<EvaluationRequest>* requests);
  void Provide(std::span<Evaluation> evaluations);
  void Advance(env::Action action);
  SearchResult Result(bool with_variations) const;

  bool root_evaluated() const { return tree.node(0).edge_count > 0; }
  void PrepareRoot();
  /// One descent. False: it ran into a leaf that waits already, or must wait for a phase of
  /// sequential halving; nothing was changed.
  bool Simulate(std::vector<EvaluationRequest>* requests);
  std::uint32_t SelectEdge(NodeIndex index);
  std::uint32_t SampleOutcome(NodeIndex index);
  /// The state at path.back(): the nearest stored one (or the root's), cloned and played on.
  std::unique_ptr<env::State> StateOfPath() const;
  /// Finds out what a new node is. False: it must be evaluated.
  bool Enter(NodeIndex index, const env::State& state);
  /// Opens the moves of an evaluated leaf that end the episode, as proven, and backs that up.
  void LookAhead(const Pending& leaf);
  void Request(std::unique_ptr<env::State> state, std::vector<EvaluationRequest>* requests);

  // Results (mcts_result.cc).
  /// Whether a root edge may be played and taught: it keeps a solved root's value, or is not
  /// proven to lose while the root is unsolved.
  bool Eligible(std::uint32_t edge) const;
  std::vector<double> TargetWeights() const;  ///< Per root edge, not normalised.
  env::Action BestAction(const std::vector<double>& weights) const;
  std::vector<env::Action> Variation(const Edge& first) const;

  const env::Environment& environment;
  SearchOptions options;
  std::unique_ptr<env::State> root_state;
  Tree tree;
  std::unique_ptr<RootRule> rule;
  RandomStream stream{0};
  bool noise = false;
  int budget = 0;           ///< Simulations of this search.
  int started = 0;          ///< Of them, begun.
  std::int64_t leaves = 0;  ///< Simulations of all searches, and the sum of their depths.
  std::int64_t leaf_depths = 0;
  std::vector<std::unique_ptr<Pending>> pending;  ///< The first pending_count are in use.
  std::size_t pending_count = 0;

  // Scratch, kept to avoid allocations.
  std::vector<NodeIndex> path;
  std::vector<env::Action> path_actions;
  std::vector<env::ChanceOutcome> outcomes;
  std::vector<env::Action> actions;
  std::vector<float> priors;
};

}  // namespace tesuji::search
