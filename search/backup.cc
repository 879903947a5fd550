#include "search/backup.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace tesuji::search {
namespace {

/// Sets a node's sums from its children, for max backup.
void Recompute(Tree* tree, NodeIndex index) {
  Node& node = tree->node(index);
  double value = 0;
  double score = 0;
  double weight = 0;
  for (const Edge& edge : tree->opened(index)) {
    const Node& child = tree->node(edge.child);
    if (child.visits == 0) continue;
    if (node.kind == NodeKind::kChance) {
      value += child.value_sum;
      score += child.score_sum;
      weight += child.visits;
    } else if (weight == 0 || node.sign() * child.mean() > node.sign() * value) {
      value = child.mean();
      score = child.score_mean();
      weight = 1;
    }
  }
  if (weight > 0) {
    node.value_sum = value / weight * node.visits;
    node.score_sum = score / weight * node.visits;
  }
  if (node.solved) node.value_sum = node.exact * static_cast<double>(node.visits);
}

}  // namespace

std::optional<float> ProvenByChildren(const Tree& tree, NodeIndex index) {
  const Node& node = tree.node(index);
  const std::span<const Edge> opened = tree.opened(index);
  const bool all_opened = opened.size() == node.edge_count;
  bool all_solved = all_opened;
  double best = -2;
  double expectation = 0;
  double probability = 0;
  for (const Edge& edge : opened) {
    const Node& child = tree.node(edge.child);
    all_solved = all_solved && child.solved;
    if (!child.solved) continue;
    best = std::max(best, node.sign() * child.exact);
    expectation += static_cast<double>(edge.prior) * child.exact;
    probability += edge.prior;
  }
  if (node.kind == NodeKind::kChance) {
    if (!all_solved) return std::nullopt;
    return static_cast<float>(std::clamp(expectation / probability, -1.0, 1.0));
  }
  if (!all_solved && best < 1) return std::nullopt;
  return static_cast<float>(node.sign() * best);
}

bool SolveFromChildren(Tree* tree, NodeIndex index) {
  Node& node = tree->node(index);
  assert(!node.solved);
  const std::optional<float> proven = ProvenByChildren(*tree, index);
  if (!proven) return false;
  node.Prove(*proven);
  return true;
}

void BackUp(Tree* tree, std::span<const NodeIndex> path, double value, double score, Backup rule) {
  for (std::size_t i = path.size(); i-- > 0;) {
    Node& node = tree->node(path[i]);
    // A node may have been solved while a leaf below it was out for evaluation.
    if (node.solved) value = node.exact;
    ++node.visits;
    node.value_sum += value;
    node.score_sum += score;
  }
  if (rule == Backup::kMean) return;
  for (std::size_t i = path.size() - 1; i-- > 0;) Recompute(tree, path[i]);
}

void BackUpProof(Tree* tree, std::span<const NodeIndex> path, float value, Backup rule) {
  Node& leaf = tree->node(path.back());
  assert(!leaf.solved && leaf.visits > 0);
  double child_before = leaf.value_sum;
  leaf.Prove(value);
  bool newly_solved = true;  // The child below was solved by this very proof.
  for (std::size_t i = path.size() - 1; i-- > 0;) {
    Node& node = tree->node(path[i]);
    const Node& child = tree->node(path[i + 1]);
    const double before = node.value_sum;
    // No ancestor is solved yet: the search never goes below a solved node.
    const bool solves = newly_solved && SolveFromChildren(tree, path[i]);
    if (rule == Backup::kMax) {
      Recompute(tree, path[i]);
    } else if (!node.solved && (!newly_solved || !Refuted(node, child))) {
      node.value_sum += child.value_sum - child_before;
    }
    newly_solved = solves;
    child_before = before;
  }
}

}  // namespace tesuji::search
