// PUCT selection (Silver et al. 2018) with KataGo's refinements (Wu 2019, arXiv 1902.10565):
// exploration that grows with visits, first-play urgency below the parent's value, and at a noisy
// root Dirichlet noise, a policy temperature, forced playouts and their pruning from the target.
// Values are turned to the view of the player to move only here, where a choice is made.
// Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/random.h"
#include "search/options.h"
#include "search/root_rule.h"
#include "search/tree.h"

namespace tesuji::search {

/// What multiplies prior / (1 + visits) at a node with `total` visits.
double PuctFactor(const SearchOptions& options, double total);

/// The edge to follow from a decision node; may be an unopened one. Never a refuted one.
/// REQUIRES: the node has edges and is not solved.
std::uint32_t SelectPuct(Tree* tree, NodeIndex index, const SearchOptions& options);

/// Selection at the root of an exploring search, where priors are noisy.
class NoisyRoot {
 public:
  explicit NoisyRoot(const SearchOptions& options) : options_(options) {}

  /// Draws the noise. REQUIRES: node 0 is expanded.
  void Prepare(const Tree& tree, RandomStream* random);
  bool prepared() const { return !priors_.empty(); }
  void Reset() { priors_.clear(); }
  std::uint32_t Select(const Tree& tree) const;
  /// Keeps the noisy priors parallel to the root's edges. Call just before tree.Open(0, edge).
  void BeforeOpen(std::uint32_t opened, std::uint32_t edge);
  /// Tree::BestUnopened() must not be called on a noisy root: it would move edges unseen.
  const std::vector<float>& priors() const { return priors_; }

  /// Visits per opened edge after taking away those that only forcing had spent.
  std::vector<double> PrunedVisits(const Tree& tree) const;

 private:
  double ForcedVisits(const Tree& tree, std::uint32_t edge) const;

  const SearchOptions& options_;
  std::vector<float> priors_;  ///< Parallel to the root's edges.
};

/// The rule named "puct".
std::unique_ptr<RootRule> MakePuctRule(const SearchOptions& options);

}  // namespace tesuji::search
