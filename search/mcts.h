// Monte-Carlo tree search for two players, a lone agent and chance nodes, as a state machine
// without threads or I/O. What a search does at its root is a rule of its own: search/root_rule.h.
//
// Protocol: SetRoot() (or Advance() to keep the played subtree), Begin(); then, until done():
// CollectRequests(), evaluate, Provide(). Terminal and proven leaves are resolved inside
// CollectRequests() and never leave the tree. Hence after CollectRequests() either it has appended
// at least one request, or done() is true: a search may end without asking for anything (one move
// from a proven win, a reused tree whose root is solved).
//
// What counts: a simulation is one descent from the root that reaches a leaf (evaluated, terminal,
// proven, or waiting for a judge). The root's own evaluation is not one: a fresh search of n
// simulations spends up to n + 1 evaluations and leaves exactly n visits on the root's children.
// A reused root brings its visits along and n more are added. A search ends before n when the root
// is solved (further visits could not change the choice) or when its memory is used up.
//
// A leaf that only a Judge could score counts with the evaluation of its nearest evaluated
// ancestor, and is never solved: the tree must not wait for a slow judge, and the network's
// expectation of "what comes of this" is what its parent's value means.
// Values inside the tree and in results are from the first player's view, in [-1, 1].
// Thread-safety: one thread at a time. Deterministic in (options, root, stream, evaluations).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "core/random.h"
#include "core/result.h"
#include "search/evaluator.h"
#include "search/options.h"
#include "search/root_rule.h"

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
  env::Action best = 0;                  ///< Most visits (PUCT, proofs first) or Gumbel winner.
  bool best_is_drawn = false;  ///< The rule drew `best` by lot: no temperature applies to it.
  float root_value = 0;
  float root_score = 0;
  float surprise = 0;        ///< KL(target || prior) in nats.
  std::uint32_t visits = 0;  ///< Simulations below the root, reused ones included.
  Proof proof = Proof::kNone;
};

class Mcts {
 public:
  /// REQUIRES: Validate(options). The environment must outlive the search.
  Mcts(const env::Environment& environment, const SearchOptions& options);
  /// With a rule that need not be in the list; options.root is not looked at.
  Mcts(const env::Environment& environment, const SearchOptions& options, const RootRuleKind& rule);
  ~Mcts();

  /// Starts from `state` (cloned), forgetting the old tree. REQUIRES: kOngoing, no chance node.
  void SetRoot(const env::State& state);
  /// Plays `action` at the root; keeps its subtree when options.reuse_tree. After it the root may
  /// be terminal or a chance node: then call Advance() again or stop.
  void Advance(env::Action action);
  const env::State& root_state() const;

  /// The tree below the root as bytes, for going on after a restart exactly here; "" when there is
  /// none to keep. REQUIRES: nothing pending.
  std::string SaveTree() const;
  /// Takes over what SaveTree() wrote for this root; on a Failure the tree is empty. Damaged or
  /// hostile bytes are refused: every node is checked against the environment's rules.
  /// REQUIRES: SetRoot() just called.
  Status RestoreTree(std::string_view bytes);

  /// Starts a search of `options.simulations` (or `simulations` when > 0). Exactly one number is
  /// drawn from `random`, here; noise and chance outcomes come from a stream of the search's own.
  /// Null is allowed where neither noise nor chance occurs. `noise` false: no exploration at the
  /// root, whatever the options say. REQUIRES: root kOngoing, no chance node, nothing pending.
  void Begin(RandomStream* random, int simulations = 0, bool noise = true);
  /// Like Begin(), but only has the root evaluated: for priors and value without a search.
  void BeginRootEvaluation();
  bool done() const;
  int simulations() const;         ///< Of this search so far, begun ones included.
  double mean_leaf_depth() const;  ///< Actions from the root to a leaf, over all searches so far.
  /// Appends up to options.max_pending requests; none exactly when the search is done now. Their
  /// pointers stay valid until Provide(). REQUIRES: nothing pending.
  void CollectRequests(std::vector<EvaluationRequest>* requests);
  /// Takes one evaluation for each request of the last CollectRequests(), in order.
  void Provide(std::span<Evaluation> evaluations);

  /// Details of the target: a proven root gives all mass to moves that keep its value; a move
  /// proven to lose gets none while another is not. Among PUCT's equals `best` has the better
  /// value, then the higher prior, then the lower action.
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
