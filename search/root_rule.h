// How a search distributes its simulations, which action it plays, and which policy is its target:
// the part of MCTS in which PUCT and Gumbel differ. One rule a file; root_rules.cc lists them.
//
// Protocol, per search: Reset(), Prepare() once the root is expanded, then for each simulation
// SelectRoot() and SelectBelow() down the path. Prepare() is left out when the root is solved or
// only evaluated, so every question about results must have an answer without it.
// Node 0 is the root. Values in the tree are from the first player's view.
// Thread-safety: one thread at a time. Deterministic in (options, tree, stream).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "search/options.h"
#include "search/tree.h"

namespace tesuji::search {

/// The logarithm of a prior, finite even for a prior of 0.
inline double Logit(float prior) { return std::log(std::max(static_cast<double>(prior), 1e-30)); }

/// Visits of a node as selection sees them: finished ones and those under way.
inline std::uint32_t SelectionVisits(const Node& node) { return node.visits + node.pending; }

/// Mean value for the player with sign `sign`; every simulation under way counts as a loss
/// (virtual loss). REQUIRES: SelectionVisits(node) > 0.
inline double SelectionValue(const Node& node, double sign) {
  return (sign * node.value_sum - node.pending) / SelectionVisits(node);
}

class RootRule {
 public:
  virtual ~RootRule() = default;

  /// Forgets the last search.
  virtual void Reset() {}
  /// A search of `simulations` begins; `noise`: it explores (self-play), else it plays in earnest.
  /// Randomness of the rule comes from `random` alone. REQUIRES: the root is expanded, not solved.
  virtual void Prepare(const Tree& tree, int simulations, bool noise, RandomStream* random) = 0;
  /// The root's edge for the next simulation, never a refuted one. Nothing: first the pending
  /// evaluations must come in. REQUIRES: prepared, the root is not solved.
  virtual std::optional<std::uint32_t> SelectRoot(Tree* tree) = 0;
  /// Takes the last SelectRoot() back: its simulation could not be started yet.
  virtual void Undo() {}
  /// Edge `edge` of the root is about to be opened, which swaps it with edge `opened`.
  virtual void BeforeOpen(std::uint32_t /*opened*/, std::uint32_t /*edge*/) {}
  /// The edge to follow from a decision node below the root, never a refuted one.
  virtual std::uint32_t SelectBelow(Tree* tree, NodeIndex index) const = 0;

  /// Weights of the policy target by edge of the root, not normalised; those left out at the end
  /// are 0. The search itself takes away what is refuted.
  virtual std::vector<double> TargetWeights(const Tree& tree) const = 0;
  /// The action that the rule itself singles out, if it does. REQUIRES: the root is not solved.
  virtual std::optional<env::Action> Winner(const Tree& /*tree*/) const { return std::nullopt; }
  /// Whether edge `a` of the root is a better move than `b`, where there is no winner. `weights`
  /// are the target's. Default: more visits, then the better value, the higher prior, the lower
  /// action.
  virtual bool Better(const Tree& tree, std::span<const double> weights, std::uint32_t a,
                      std::uint32_t b) const;
  /// True when the winner of a search with noise is a draw from the improved policy already, so
  /// that no temperature applies to it.
  virtual bool draws_winner() const { return false; }
};

/// One line of the list.
struct RootRuleKind {
  std::string_view name;  ///< As `search.root` in a campaign file.
  std::string_view help;
  /// It plans a search's simulations before the first: a search is neither cut into slices nor
  /// continued with more.
  bool plans_ahead = false;
  /// The options must outlive the rule.
  std::unique_ptr<RootRule> (*make)(const SearchOptions& options) = nullptr;
};

/// All rules; the first is the default.
std::span<const RootRuleKind> RootRules();
/// Null when there is none of that name.
const RootRuleKind* FindRootRule(std::string_view name);

}  // namespace tesuji::search
