// The Gumbel root and the policy improvement behind it (Danihelka, Guez, Schrittwieser & Silver,
// "Policy improvement by planning with Gumbel", ICLR 2022).
//
// Root: the m actions with the highest g(a) + logit(a) enter sequential halving; the survivor is
// played. Elsewhere: the action whose visits lag most behind the improved policy
// pi'(a) = softmax(logit(a) + sigma(completed q(a))), i.e. argmax pi'(a) - N(a) / (1 + sum N).
// sigma(q) = (c_visit + max_b N(b)) * c_scale * q with q = (1 + value) / 2 in [0, 1] from the view
// of the player to move; unvisited actions get the paper's mixed value.
// Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/random.h"
#include "search/options.h"
#include "search/root_rule.h"
#include "search/tree.h"

namespace tesuji::search {

/// The numbers that completed Q values need, of one decision node.
struct ImprovedPolicy {
  double sigma_factor = 0;  ///< (c_visit + max N) * c_scale.
  double mixed_q = 0;       ///< q of unvisited actions, in [0, 1], view of the player to move.
  double visit_sum = 0;

  ImprovedPolicy(const Tree& tree, NodeIndex index, const SearchOptions& options);
  /// q of an edge, completed: in [0, 1], view of the player to move.
  double Q(const Tree& tree, NodeIndex index, std::uint32_t edge) const;
};

/// The edge to follow from a decision node that is not the root. Never a refuted one.
std::uint32_t SelectImproved(Tree* tree, NodeIndex index, const SearchOptions& options);

/// Completed-Q policy target: pi' per edge of `index`, refuted moves 0; sums to 1.
std::vector<double> CompletedQPolicy(const Tree& tree, NodeIndex index,
                                     const SearchOptions& options);

/// Sequential halving over the root's actions.
///
/// Schedule, for n simulations and m actions: ceil(log2 m) phases; with k actions left each gets
/// max(1, floor(n / (phases * k))) more simulations in turn, then the better half stays (never
/// fewer than two). What division leaves over goes to the last two. The caller stops after n.
/// Refuted actions leave at once; when all of them are refuted the next best m enter.
class GumbelRoot {
 public:
  explicit GumbelRoot(const SearchOptions& options) : options_(options) {}

  /// REQUIRES: node 0 is expanded. Without `noise` all g are 0: deterministic.
  void Prepare(const Tree& tree, int simulations, bool noise, RandomStream* random);
  bool prepared() const { return !candidates_.empty(); }
  void Reset() { candidates_.clear(); }
  /// The action of the next simulation. Nothing while a phase has ended whose last evaluations are
  /// still out: halving needs them.
  std::optional<env::Action> Next(const Tree& tree);
  /// Takes the last Next() back: its simulation could not be started yet.
  void Undo() { --position_; }
  /// argmax g + logit + sigma(q) of those still considered.
  env::Action Winner(const Tree& tree) const;
  /// g + logit of a root action.
  double Base(env::Action action) const;

 private:
  struct Candidate {
    env::Action action;
    double base;  ///< g(a) + logit(a).
  };
  void StartPhase();
  void Refill(const Tree& tree);
  void DropRefuted(const Tree& tree);
  void Halve(const Tree& tree);
  double Score(const Tree& tree, const Candidate& candidate) const;
  /// The best that is not refuted; null when all are.
  const Candidate* Best(const Tree& tree, const std::vector<Candidate>& from) const;

  const SearchOptions& options_;
  std::vector<Candidate> all_;         ///< Ascending actions.
  std::vector<Candidate> candidates_;  ///< Best first.
  int simulations_ = 0;
  int phases_ = 1;
  int rounds_left_ = 0;
  std::size_t position_ = 0;
};

/// The rule named "gumbel".
std::unique_ptr<RootRule> MakeGumbelRule(const SearchOptions& options);

}  // namespace tesuji::search
