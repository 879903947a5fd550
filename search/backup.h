// The one backup rule, for two players, a lone agent and chance nodes: every number is from the
// first player's view, so backup negates nothing.
//
// Mean backup: a node's value is the mean of the simulations through it. Max backup (lone agents):
// a decision's value is the best of its children's, a chance node's the visit-weighted mean.
// Proofs (after Winands, Björnsson & Saito, "Monte-Carlo Tree Search Solver", 2008, extended to
// graded values and chance): a decision is solved when one child is proven to be as good as can be
// for the player to move (+1 or -1), or when all its actions are solved; a chance node when all
// outcomes are. A solved node's mean is its exact value from then on. In mean backup an ancestor's
// earlier visits to it count with the exact value too, except when it is a refuted move (a proven
// loss for the player who would choose it): those visits keep what they returned. Counting them
// all as lost makes a position look worse than it is, since nobody will play there; counting them
// as the mean of the other moves was measured to hide which positions are dangerous.
// Thread-safety: one thread at a time.
#pragma once

#include <optional>
#include <span>

#include "search/mcts.h"
#include "search/options.h"
#include "search/tree.h"

namespace tesuji::search {

/// Adds one simulation that ended at path.back(). `path` goes down from the root.
void BackUp(Tree* tree, std::span<const NodeIndex> path, double value, double score, Backup rule);

/// Marks path.back() as solved with `value` and solves its ancestors as far as that reaches.
/// REQUIRES: path.back() has been visited and is not solved.
void BackUpProof(Tree* tree, std::span<const NodeIndex> path, float value, Backup rule);

/// The value that a decision or chance node's children prove for it, if they do.
std::optional<float> ProvenByChildren(const Tree& tree, NodeIndex index);

/// Solves a decision or chance node when its children allow it; true when it is solved now.
/// REQUIRES: the node is not solved.
bool SolveFromChildren(Tree* tree, NodeIndex index);

/// A solved child whose value is the worst possible for the player who chooses at `parent`.
inline bool Refuted(const Node& parent, const Node& child) {
  return child.solved && parent.decides() && parent.sign() * child.exact <= -1;
}

/// What a solved node's value means to a person.
inline Proof ProofOf(const Node& node) {
  if (!node.solved) return Proof::kNone;
  if (node.exact >= 1) return Proof::kWin;
  if (node.exact <= -1) return Proof::kLoss;
  return node.exact == 0 ? Proof::kDraw : Proof::kNone;
}

}  // namespace tesuji::search
