// Monte-Carlo tree search with two roots (PUCT, Gumbel) for two players, a lone agent and chance
// nodes, as a state machine without threads or I/O. See search/options.h for the papers.
//
// Protocol: SetRoot() (or Advance() to keep the played subtree); then, until done():
// CollectRequests(), evaluate, Provide(). Terminal and proven leaves never leave the tree.
// Values inside the tree and in results are from the first player's view, in [-1, 1].
// Thread-safety: one thread at a time. Deterministic in (options, root, stream, evaluations).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/random.h"
#include "env/environment.h"
#include "env/trajectory.h"
#include "search/evaluator.h"
#include "search/options.h"

namespace tesuji::search {

/// What is known for certain about a node, first player's view.
enum class Proof : std::uint8_t { kNone, kWin, kLoss, kDraw };

/// A root action after a search.
struct ActionStats {
  env::Action action = 0;
  std::uint32_t visits = 0;
  float prior = 0;  ///< The evaluator's, before noise.
  float value = 0;  ///< Mean (or max) value, first player's view; the root's when unvisited.
  float score = 0;  ///< Mean score; 0 without a score head.
  Proof proof = Proof::kNone;
  std::vector<env::Action> principal_variation;  ///< Starts with `action`. Filled on request only.
};

struct SearchResult {
  std::vector<ActionStats> actions;      ///< All legal root actions, ascending.
  std::vector<env::PolicyEntry> target;  ///< Policy target (pruned visits or completed Q).
  env::Action best = 0;                  ///< Most visits (PUCT, proofs first) or the Gumbel winner.
  float root_value = 0;
  float root_score = 0;
  float surprise = 0;  ///< KL(target || prior) in nats.
  std::uint32_t visits = 0;
  Proof proof = Proof::kNone;
};

class Mcts {
 public:
  Mcts(const env::Environment& environment, const SearchOptions& options);
  ~Mcts();

  /// Starts from `state` (cloned), forgetting the old tree. REQUIRES: kOngoing, no chance node.
  void SetRoot(const env::State& state);
  /// Plays `action` at the root; keeps its subtree when options.reuse_tree. After it the root may
  /// be terminal or a chance node: then call Advance() again or stop.
  void Advance(env::Action action);
  const env::State& root_state() const;

  /// Starts a search of `options.simulations` (or `simulations` when > 0). The stream feeds noise.
  void Begin(RandomStream* random, int simulations = 0, bool noise = true);
  bool done() const;
  void CollectRequests(std::vector<EvaluationRequest>* requests);
  void Provide(std::span<Evaluation> evaluations);

  /// May be asked at any time after the root was evaluated, also before done() (analysis).
  SearchResult result(bool with_variations = false) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs one whole search with an evaluator on this thread: SetRoot must have been called.
SearchResult RunSearch(Mcts* mcts, Evaluator* evaluator, RandomStream* random, int simulations = 0,
                       bool noise = true);

}  // namespace tesuji::search
