// The search tree: nodes and edges in two growing arrays, addressed by index.
//
// Invariants: node 0 is the root; a node's edges are one contiguous block; its first `opened` edges
// have children, the others have none. Edges move inside their block (opening swaps), so an index
// of an edge is valid only until the next Open() of the same node; indices of nodes are stable
// until KeepSubtree() or Clear().
// Memory: two arrays that never shrink below their high-water mark; KeepSubtree() copies what is
// kept into a second pair of arrays and forgets the rest at once, so nothing leaks.
// Values are from the first player's view. Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "api/environment.h"

namespace tesuji::search {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = std::numeric_limits<NodeIndex>::max();

enum class NodeKind : std::uint8_t {
  kUnevaluated,  ///< Ongoing, not evaluated yet: no edges.
  kFirst,        ///< The first player (or the lone agent) chooses.
  kSecond,       ///< The second player chooses.
  kChance,       ///< Edges are outcomes, priors their probabilities.
  kTerminal,     ///< Scored by the rules.
  kUnjudged,     ///< Over, but only a judge knows the value.
};

struct Edge {
  float prior = 0;
  env::Action action = 0;
  NodeIndex child = kNoNode;
};

struct Node {
  double value_sum = 0;  ///< visits * mean value; kept exact for solved nodes.
  double score_sum = 0;
  float evaluation = 0;  ///< What the evaluator (or the rules) said of this state alone.
  float evaluation_score = 0;
  float exact = 0;  ///< The proven value. Meaningful when `solved`.
  std::uint32_t visits = 0;
  std::uint32_t first_edge = 0;
  std::uint32_t edge_count = 0;
  std::uint32_t opened = 0;   ///< Edges [0, opened) have children.
  std::uint32_t ordered = 0;  ///< opened or opened + 1: the best unopened edge is in place.
  std::uint32_t pending = 0;  ///< Simulations below that wait for an evaluation.
  NodeKind kind = NodeKind::kUnevaluated;
  bool solved = false;

  bool decides() const { return kind == NodeKind::kFirst || kind == NodeKind::kSecond; }
  bool over() const { return kind == NodeKind::kTerminal || kind == NodeKind::kUnjudged; }
  /// +1 when the first player (or nobody) is to play, -1 for the second.
  double sign() const { return kind == NodeKind::kSecond ? -1.0 : 1.0; }
  /// From now on the value is known exactly.
  void Prove(float value) {
    solved = true;
    exact = value;
    value_sum = exact * static_cast<double>(visits);
  }
  double mean() const { return visits == 0 ? evaluation : value_sum / visits; }
  double score_mean() const { return visits == 0 ? evaluation_score : score_sum / visits; }
};

class Tree {
 public:
  /// Forgets everything and makes an unevaluated root.
  void Clear();

  std::size_t size() const { return nodes_.size(); }
  Node& node(NodeIndex index) { return nodes_[index]; }
  const Node& node(NodeIndex index) const { return nodes_[index]; }
  std::span<Edge> edges(NodeIndex index) {
    return {edges_.data() + nodes_[index].first_edge, nodes_[index].edge_count};
  }
  std::span<const Edge> edges(NodeIndex index) const {
    return {edges_.data() + nodes_[index].first_edge, nodes_[index].edge_count};
  }
  /// The opened edges only.
  std::span<const Edge> opened(NodeIndex index) const {
    return edges(index).first(nodes_[index].opened);
  }

  /// Gives a node its edges. REQUIRES: it has none; equal sizes, not empty.
  void Expand(NodeIndex index, NodeKind kind, std::span<const env::Action> actions,
              std::span<const float> priors);
  /// Makes a child for edge `edge` of `parent` and moves that edge to the end of the opened ones.
  /// REQUIRES: the edge is not opened.
  NodeIndex Open(NodeIndex parent, std::uint32_t edge);
  /// The position of the unopened edge with the highest prior (the lowest action among equals), or
  /// edge_count when all are opened. May move unopened edges.
  std::uint32_t BestUnopened(NodeIndex index);
  /// The position of `action` among the edges. REQUIRES: it is there.
  std::uint32_t FindEdge(NodeIndex index, env::Action action) const;

  /// Makes the subtree below `root` the whole tree.
  void KeepSubtree(NodeIndex root);

  /// The state at a node, when one was stored. Null: replay the path from the root.
  const env::State* state(NodeIndex index) const { return states_[index].get(); }
  void StoreState(NodeIndex index, std::unique_ptr<env::State> state);
  std::size_t stored_states() const { return stored_states_; }

  /// Bytes of nodes and edges in use; stored states are not counted.
  std::size_t memory_bytes() const {
    return nodes_.size() * sizeof(Node) + edges_.size() * sizeof(Edge);
  }

 private:
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<std::unique_ptr<env::State>> states_;
  std::size_t stored_states_ = 0;
  std::vector<Node> spare_nodes_;
  std::vector<Edge> spare_edges_;
  std::vector<std::unique_ptr<env::State>> spare_states_;
  std::vector<NodeIndex> origin_;
};

}  // namespace tesuji::search
