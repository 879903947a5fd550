// What a search has found: root statistics, the policy target, the move.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "search/backup.h"
#include "search/mcts_impl.h"

namespace tesuji::search {
namespace {

/// Entries below this are noise of a softmax: dropped from targets.
constexpr double kSmallestProbability = 1e-6;

std::vector<env::PolicyEntry> Normalise(std::span<const Edge> edges, std::vector<double> weights) {
  double total = 0;
  for (double weight : weights) total += weight;
  double kept = 0;
  for (double& weight : weights) {
    if (weight < total * kSmallestProbability) weight = 0;
    kept += weight;
  }
  std::vector<env::PolicyEntry> target;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (weights[i] <= 0) continue;
    target.push_back(
        {.action = edges[i].action, .probability = static_cast<float>(weights[i] / kept)});
  }
  std::sort(target.begin(), target.end(),
            [](const auto& a, const auto& b) { return a.action < b.action; });
  return target;
}

}  // namespace

bool Mcts::Impl::Eligible(std::uint32_t edge) const {
  const Node& root = tree.node(0);
  if (edge >= root.opened) return !root.solved;
  const Node& child = tree.node(tree.edges(0)[edge].child);
  return root.solved ? child.solved && child.exact == root.exact : !Refuted(root, child);
}

std::vector<double> Mcts::Impl::TargetWeights() const {
  const std::span<const Edge> edges = tree.edges(0);
  std::vector<double> weights = rule->TargetWeights(tree);
  weights.resize(edges.size());
  double total = 0;
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    if (!Eligible(i)) weights[i] = 0;
    total += weights[i];
  }
  if (total > 0) return weights;
  // Nothing below the root has been visited (or all that was is refuted): fall back on the priors.
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    weights[i] = Eligible(i) ? std::max<double>(edges[i].prior, 1e-30) : 0;
  }
  return weights;
}

env::Action Mcts::Impl::BestAction(const std::vector<double>& weights) const {
  const Node& root = tree.node(0);
  const std::span<const Edge> edges = tree.edges(0);
  if (!root.solved) {
    if (const std::optional<env::Action> winner = rule->Winner(tree)) return *winner;
  }
  std::uint32_t best = root.edge_count;
  for (std::uint32_t i = 0; i < root.edge_count; ++i) {
    if (!Eligible(i)) continue;
    if (best == root.edge_count || rule->Better(tree, weights, i, best)) best = i;
  }
  return edges[best].action;
}

std::vector<env::Action> Mcts::Impl::Variation(const Edge& first) const {
  std::vector<env::Action> line{first.action};
  NodeIndex index = first.child;
  while (index != kNoNode) {
    const Edge* next = nullptr;
    for (const Edge& edge : tree.opened(index)) {
      if (!next || tree.node(edge.child).visits > tree.node(next->child).visits) next = &edge;
    }
    if (!next || tree.node(next->child).visits == 0) break;
    line.push_back(next->action);
    index = next->child;
  }
  return line;
}

SearchResult Mcts::Impl::Result(bool with_variations) const {
  assert(root_evaluated());
  const Node& root = tree.node(0);
  const std::span<const Edge> edges = tree.edges(0);
  SearchResult result;
  result.root_value = static_cast<float>(root.mean());
  result.root_score = static_cast<float>(root.score_mean());
  result.visits = root.visits - 1;
  result.proof = ProofOf(root);
  result.best_is_drawn = noise && rule->draws_winner();
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    ActionStats stats;
    stats.action = edges[i].action;
    stats.prior = edges[i].prior;
    stats.value = result.root_value;
    if (i < root.opened) {
      const Node& child = tree.node(edges[i].child);
      stats.visits = child.visits;
      if (child.visits > 0) {
        stats.value = static_cast<float>(child.mean());
        stats.score = static_cast<float>(child.score_mean());
      }
      stats.proof = ProofOf(child);
    }
    if (with_variations) stats.principal_variation = Variation(edges[i]);
    result.actions.push_back(std::move(stats));
  }
  std::sort(result.actions.begin(), result.actions.end(),
            [](const auto& a, const auto& b) { return a.action < b.action; });
  const std::vector<double> weights = TargetWeights();
  result.best = BestAction(weights);
  result.target = Normalise(edges, weights);
  for (const env::PolicyEntry& entry : result.target) {
    const auto stats = std::lower_bound(
        result.actions.begin(), result.actions.end(), entry.action,
        [](const ActionStats& a, env::Action action) { return a.action < action; });
    result.surprise +=
        static_cast<float>(entry.probability * (std::log(static_cast<double>(entry.probability)) -
                                                Logit(stats->prior)));
  }
  result.surprise = std::max(0.0F, result.surprise);
  return result;
}

}  // namespace tesuji::search
