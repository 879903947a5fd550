#include "search/tree_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "search/backup.h"

namespace tesuji::search {
namespace {

constexpr std::uint32_t kTreeMagic = 0x31455254;  // "TRE1"
constexpr float kSlack = 1.001F;                  // Values and priors may overshoot by rounding.
constexpr std::uint32_t kMostVisits = 1U << 30;   // Sums with new visits stay in 32 bits.

template <class T>
void Write(const T& value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// What of a node is written; followed by its edges, then by the children of the opened ones.
struct NodeRecord {
  double value_sum;
  double score_sum;
  float evaluation;
  float evaluation_score;
  std::uint32_t visits;
  std::uint32_t edge_count;
  std::uint32_t opened;
  std::uint32_t reserved;
};

struct EdgeRecord {
  float prior;
  env::Action action;
};

/// Reads numbers off the front; the first missing byte makes it fail for good.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  template <class T>
  bool Read(T* value) {
    if (left_.size() < sizeof(T)) return false;
    std::memcpy(value, left_.data(), sizeof(T));
    left_.remove_prefix(sizeof(T));
    return true;
  }
  std::size_t left() const { return left_.size(); }

 private:
  std::string_view left_;
};

/// Rebuilds nodes in their order, each at its state; stops at the first contradiction.
class Decoder {
 public:
  Decoder(std::string_view bytes, const env::State& root, const env::Spec& spec,
          const SearchOptions& options, Tree* tree)
      : reader_(bytes), root_(root), spec_(spec), options_(options), tree_(tree) {}

  bool Run();

 private:
  bool ReadNode(NodeIndex index);
  bool ReadEnd(NodeIndex index, const NodeRecord& record, const env::State& state);
  bool ReadEdges(NodeIndex index, const NodeRecord& record, const env::State& state);
  /// Whether these are the state's actions; gives chance outcomes their probabilities.
  static bool MatchesRules(const env::State& state, const std::vector<env::Action>& actions,
                           std::vector<float>* priors);
  void Derive();
  std::unique_ptr<env::State> StateOf(NodeIndex index) const;

  Reader reader_;
  const env::State& root_;
  const env::Spec& spec_;
  const SearchOptions& options_;
  Tree* tree_;
  struct Origin {
    NodeIndex parent;
    env::Action action;
  };
  std::vector<Origin> origins_;  ///< Of each node; the root's is unused.
};

bool Decoder::Run() {
  std::uint32_t magic = 0;
  std::uint32_t count = 0;
  if (!reader_.Read(&magic) || magic != kTreeMagic || !reader_.Read(&count)) return false;
  if (count == 0 || count > reader_.left() / sizeof(NodeRecord)) return false;
  tree_->Clear();
  origins_.assign(1, {});
  for (NodeIndex index = 0; index < count; ++index) {
    // Children are made by their parents; a node that nobody opened cannot be read.
    if (index >= tree_->size() || !ReadNode(index)) return false;
    if (tree_->size() > count) return false;
  }
  if (tree_->size() != count || reader_.left() != 0) return false;
  Derive();
  return true;
}

bool Decoder::ReadNode(NodeIndex index) {
  NodeRecord record{};
  if (!reader_.Read(&record)) return false;
  if (!(std::abs(record.evaluation) <= kSlack) || !std::isfinite(record.evaluation_score) ||
      !std::isfinite(record.score_sum) || record.visits > kMostVisits ||
      !(std::abs(record.value_sum) <= static_cast<double>(record.visits) * kSlack)) {
    return false;
  }
  Node& node = tree_->node(index);
  node.visits = record.visits;
  node.value_sum = record.value_sum;
  node.score_sum = record.score_sum;
  node.evaluation = record.evaluation;
  node.evaluation_score = record.evaluation_score;
  const std::unique_ptr<env::State> state = StateOf(index);
  if (state->phase() != env::Phase::kOngoing) return ReadEnd(index, record, *state);
  return ReadEdges(index, record, *state);
}

bool Decoder::ReadEnd(NodeIndex index, const NodeRecord& record, const env::State& state) {
  Node& node = tree_->node(index);
  if (record.edge_count != 0 || record.opened != 0) return false;
  node.kind = state.phase() == env::Phase::kScored ? NodeKind::kTerminal : NodeKind::kUnjudged;
  if (node.kind == NodeKind::kTerminal) {
    node.evaluation = state.Value();
    node.evaluation_score = spec_.has_score ? state.Targets().score : 0;
  }
  return true;
}

bool Decoder::ReadEdges(NodeIndex index, const NodeRecord& record, const env::State& state) {
  // Only an end may be known without a visit: by looking ahead.
  if (record.visits == 0) return false;
  if (record.edge_count == 0 || record.edge_count > reader_.left() / sizeof(EdgeRecord) ||
      record.opened > record.edge_count) {
    return false;
  }
  std::vector<env::Action> actions;
  std::vector<float> priors;
  for (std::uint32_t i = 0; i < record.edge_count; ++i) {
    EdgeRecord edge{};
    if (!reader_.Read(&edge) || !(edge.prior >= 0 && edge.prior <= kSlack)) return false;
    actions.push_back(edge.action);
    priors.push_back(edge.prior);
  }
  if (!MatchesRules(state, actions, &priors)) return false;
  const env::Player player = state.to_play();
  const NodeKind kind = player == env::Player::kChance   ? NodeKind::kChance
                        : player == env::Player::kSecond ? NodeKind::kSecond
                                                         : NodeKind::kFirst;
  tree_->Expand(index, kind, actions, priors);
  for (std::uint32_t i = 0; i < record.opened; ++i) {
    NodeIndex child = 0;
    // Every index must be new and larger than its parent's; they are dense, so each comes once.
    if (!reader_.Read(&child) || child != tree_->size()) return false;
    const NodeIndex made = tree_->Open(index, i);  // In order: no edge moves.
    assert(made == child);
    origins_.push_back({.parent = index, .action = actions[i]});
    (void)made;
  }
  return true;
}

bool Decoder::MatchesRules(const env::State& state, const std::vector<env::Action>& actions,
                           std::vector<float>* priors) {
  std::vector<env::Action> legal;
  std::vector<env::ChanceOutcome> outcomes;
  if (state.to_play() == env::Player::kChance) {
    state.ChanceOutcomes(&outcomes);
    for (const env::ChanceOutcome& outcome : outcomes) legal.push_back(outcome.action);
  } else {
    state.LegalActions(&legal);
  }
  std::vector<env::Action> sorted = actions;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != legal) return false;
  // Probabilities are the rules' too, as Mcts takes them from there.
  for (std::size_t i = 0; !outcomes.empty() && i < actions.size(); ++i) {
    const auto at = std::lower_bound(legal.begin(), legal.end(), actions[i]) - legal.begin();
    (*priors)[i] = static_cast<float>(outcomes[static_cast<std::size_t>(at)].probability);
  }
  return true;
}

std::unique_ptr<env::State> Decoder::StateOf(NodeIndex index) const {
  std::vector<env::Action> path;
  for (; index != 0; index = origins_[index].parent) path.push_back(origins_[index].action);
  std::unique_ptr<env::State> state = root_.Clone();
  for (auto action = path.rbegin(); action != path.rend(); ++action) state->Apply(*action);
  return state;
}

void Decoder::Derive() {
  if (!options_.prove) return;
  for (NodeIndex index = static_cast<NodeIndex>(tree_->size()); index-- > 0;) {
    Node& node = tree_->node(index);
    if (node.kind == NodeKind::kTerminal) {
      node.Prove(node.evaluation);
    } else if (node.edge_count > 0) {
      SolveFromChildren(tree_, index);
    }
  }
}

}  // namespace

std::string EncodeTree(const Tree& tree) {
  // Breadth first, children numbered as they are met: the order KeepSubtree() gives, and the one
  // in which a reader meets every parent before its children.
  std::vector<NodeIndex> order{0};
  std::string bytes;
  Write(kTreeMagic, &bytes);
  Write(static_cast<std::uint32_t>(tree.size()), &bytes);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Node& node = tree.node(order[i]);
    assert(node.pending == 0);
    Write(NodeRecord{.value_sum = node.value_sum,
                     .score_sum = node.score_sum,
                     .evaluation = node.evaluation,
                     .evaluation_score = node.evaluation_score,
                     .visits = node.visits,
                     .edge_count = node.edge_count,
                     .opened = node.opened,
                     .reserved = 0},
          &bytes);
    for (const Edge& edge : tree.edges(order[i])) {
      Write(EdgeRecord{.prior = edge.prior, .action = edge.action}, &bytes);
    }
    for (const Edge& edge : tree.opened(order[i])) {
      Write(static_cast<NodeIndex>(order.size()), &bytes);
      order.push_back(edge.child);
    }
  }
  return bytes;
}

Status DecodeTree(std::string_view bytes, const env::State& root, const env::Spec& spec,
                  const SearchOptions& options, Tree* tree) {
  if (Decoder(bytes, root, spec, options, tree).Run()) return {};
  tree->Clear();
  return Fail("a saved search tree is damaged or contradicts the rules; it must be dropped");
}

}  // namespace tesuji::search
