#include "search/tree.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tesuji::search {

void Tree::Clear() {
  nodes_.assign(1, Node{});
  edges_.clear();
  states_.clear();
  states_.resize(1);
  stored_states_ = 0;
}

void Tree::Expand(NodeIndex index, NodeKind kind, std::span<const env::Action> actions,
                  std::span<const float> priors) {
  assert(nodes_[index].edge_count == 0);
  assert(!actions.empty() && actions.size() == priors.size());
  Node& node = nodes_[index];
  node.kind = kind;
  node.first_edge = static_cast<std::uint32_t>(edges_.size());
  node.edge_count = static_cast<std::uint32_t>(actions.size());
  for (std::size_t i = 0; i < actions.size(); ++i) {
    edges_.push_back({.prior = priors[i], .action = actions[i]});
  }
}

NodeIndex Tree::Open(NodeIndex parent, std::uint32_t edge) {
  const auto child = static_cast<NodeIndex>(nodes_.size());
  Node& node = nodes_[parent];
  assert(edge >= node.opened && edge < node.edge_count);
  const std::span<Edge> all = edges(parent);
  std::swap(all[edge], all[node.opened]);
  all[node.opened].child = child;
  ++node.opened;
  node.ordered = node.opened;
  nodes_.emplace_back();  // Invalidates `node`.
  states_.emplace_back();
  return child;
}

std::uint32_t Tree::BestUnopened(NodeIndex index) {
  Node& node = nodes_[index];
  if (node.opened == node.edge_count || node.ordered > node.opened) return node.opened;
  // One pass of a selection sort, done only when a child is about to be wanted: most nodes never
  // open more than a few of their edges, so sorting all of them would be wasted.
  const std::span<Edge> all = edges(index);
  std::uint32_t best = node.opened;
  for (std::uint32_t i = best + 1; i < node.edge_count; ++i) {
    if (all[i].prior > all[best].prior ||
        (all[i].prior == all[best].prior && all[i].action < all[best].action)) {
      best = i;
    }
  }
  std::swap(all[best], all[node.opened]);
  node.ordered = node.opened + 1;
  return node.opened;
}

std::uint32_t Tree::FindEdge(NodeIndex index, env::Action action) const {
  const std::span<const Edge> all = edges(index);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Edge& edge) { return edge.action == action; });
  assert(found != all.end());
  return static_cast<std::uint32_t>(found - all.begin());
}

void Tree::KeepSubtree(NodeIndex root) {
  spare_nodes_.clear();
  spare_edges_.clear();
  spare_states_.clear();
  origin_.clear();
  std::size_t kept_states = 0;
  const auto keep = [&](NodeIndex from) {
    const auto to = static_cast<NodeIndex>(spare_nodes_.size());
    spare_nodes_.push_back(nodes_[from]);
    spare_states_.push_back(std::move(states_[from]));
    if (spare_states_.back()) ++kept_states;
    origin_.push_back(from);
    return to;
  };
  keep(root);
  for (NodeIndex to = 0; to < spare_nodes_.size(); ++to) {  // Breadth first; grows on the way.
    const std::span<const Edge> old = edges(origin_[to]);
    const auto first = static_cast<std::uint32_t>(spare_edges_.size());
    spare_nodes_[to].first_edge = first;
    spare_edges_.insert(spare_edges_.end(), old.begin(), old.end());
    for (std::uint32_t i = 0; i < spare_nodes_[to].opened; ++i) {
      spare_edges_[first + i].child = keep(old[i].child);
    }
  }
  nodes_.swap(spare_nodes_);
  edges_.swap(spare_edges_);
  states_.swap(spare_states_);
  spare_states_.clear();  // Frees the states of what was dropped.
  stored_states_ = kept_states;
}

void Tree::StoreState(NodeIndex index, std::unique_ptr<env::State> state) {
  if (!states_[index] && state) ++stored_states_;
  states_[index] = std::move(state);
}

}  // namespace tesuji::search
