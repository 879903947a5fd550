#include "search/gumbel.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "search/backup.h"

namespace tesuji::search {

ImprovedPolicy::ImprovedPolicy(const Tree& tree, NodeIndex index, const SearchOptions& options) {
  const Node& node = tree.node(index);
  double most = 0;
  double prior_sum = 0;
  double weighted_value = 0;
  for (const Edge& edge : tree.opened(index)) {
    const Node& child = tree.node(edge.child);
    const double visits = SelectionVisits(child);
    if (visits == 0) continue;
    most = std::max(most, visits);
    visit_sum += visits;
    // A prior of 0 would leave 0/0 when nothing else was visited.
    const double prior = std::max(static_cast<double>(edge.prior), 1e-30);
    prior_sum += prior;
    weighted_value += prior * SelectionValue(child, node.sign());
  }
  sigma_factor = (options.gumbel_visit_offset + most) * options.gumbel_scale;
  double value = node.sign() * node.evaluation;
  if (visit_sum > 0) value = (value + visit_sum * weighted_value / prior_sum) / (1 + visit_sum);
  mixed_q = (1 + value) / 2;
}

double ImprovedPolicy::Q(const Tree& tree, NodeIndex index, std::uint32_t edge) const {
  const Node& node = tree.node(index);
  if (edge >= node.opened) return mixed_q;
  const Node& child = tree.node(tree.edges(index)[edge].child);
  if (SelectionVisits(child) == 0) return mixed_q;
  return (1 + SelectionValue(child, node.sign())) / 2;
}

std::uint32_t SelectImproved(Tree* tree, NodeIndex index, const SearchOptions& options) {
  const std::uint32_t unopened = tree->BestUnopened(index);
  const Node& node = tree->node(index);
  const std::span<const Edge> edges = tree->edges(index);
  const ImprovedPolicy improved(*tree, index, options);
  // Everything relative to exp(sigma(mixed q)), the common factor of all unopened actions.
  const auto weight = [&](std::uint32_t i) {
    const double lift = improved.sigma_factor * (improved.Q(*tree, index, i) - improved.mixed_q);
    return edges[i].prior * std::exp(std::min(lift, 600.0));
  };
  double opened_prior = 0;
  double total = 0;
  for (std::uint32_t i = 0; i < node.opened; ++i) {
    opened_prior += edges[i].prior;
    if (!Refuted(node, tree->node(edges[i].child))) total += weight(i);
  }
  if (unopened < node.edge_count) total += std::max(0.0, 1 - opened_prior);
  const double scale = total > 0 ? 1 / total : 0;
  std::uint32_t best = node.edge_count;
  double best_score = -1e300;
  for (std::uint32_t i = 0; i < node.opened; ++i) {
    const Node& child = tree->node(edges[i].child);
    if (Refuted(node, child)) continue;
    const double score = weight(i) * scale - SelectionVisits(child) / (1 + improved.visit_sum);
    if (score > best_score) {
      best_score = score;
      best = i;
    }
  }
  if (unopened < node.edge_count && edges[unopened].prior * scale > best_score) best = unopened;
  assert(best < node.edge_count && "a node whose moves are all refuted is solved");
  return best;
}

std::vector<double> CompletedQPolicy(const Tree& tree, NodeIndex index,
                                     const SearchOptions& options) {
  const Node& node = tree.node(index);
  const std::span<const Edge> edges = tree.edges(index);
  const ImprovedPolicy improved(tree, index, options);
  std::vector<double> policy(edges.size());
  double highest = -1e300;
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    policy[i] = Logit(edges[i].prior) + improved.sigma_factor * improved.Q(tree, index, i);
    highest = std::max(highest, policy[i]);
  }
  double total = 0;
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    const bool refuted =
        i < node.opened && !node.solved && Refuted(node, tree.node(edges[i].child));
    policy[i] = refuted ? 0 : std::exp(policy[i] - highest);
    total += policy[i];
  }
  for (double& p : policy) p /= total;
  return policy;
}

void GumbelRoot::Prepare(const Tree& tree, int simulations, bool noise, RandomStream* random) {
  all_.clear();
  for (const Edge& edge : tree.edges(0)) {
    all_.push_back({.action = edge.action, .base = Logit(edge.prior)});
  }
  std::sort(all_.begin(), all_.end(),
            [](const Candidate& a, const Candidate& b) { return a.action < b.action; });
  if (noise) {
    for (Candidate& candidate : all_) candidate.base += random->Gumbel();
  }
  simulations_ = simulations;
  Refill(tree);
}

void GumbelRoot::Refill(const Tree& tree) {
  candidates_ = all_;
  DropRefuted(tree);
  std::stable_sort(candidates_.begin(), candidates_.end(),
                   [](const Candidate& a, const Candidate& b) { return a.base > b.base; });
  const auto most =
      static_cast<std::size_t>(std::max(1, std::min(options_.gumbel_considered, simulations_)));
  if (candidates_.size() > most) candidates_.resize(most);
  phases_ = std::max(1, static_cast<int>(std::bit_width(candidates_.size() - 1)));
  StartPhase();
}

void GumbelRoot::StartPhase() {
  position_ = 0;
  const auto considered = static_cast<int>(std::max<std::size_t>(1, candidates_.size()));
  rounds_left_ = std::max(1, simulations_ / (phases_ * considered));
}

void GumbelRoot::DropRefuted(const Tree& tree) {
  const Node& root = tree.node(0);
  if (root.solved) return;
  std::erase_if(candidates_, [&](const Candidate& candidate) {
    const std::uint32_t edge = tree.FindEdge(0, candidate.action);
    return edge < root.opened && Refuted(root, tree.node(tree.edges(0)[edge].child));
  });
}

double GumbelRoot::Score(const Tree& tree, const Candidate& candidate) const {
  const ImprovedPolicy improved(tree, 0, options_);
  return candidate.base +
         improved.sigma_factor * improved.Q(tree, 0, tree.FindEdge(0, candidate.action));
}

void GumbelRoot::Halve(const Tree& tree) {
  DropRefuted(tree);
  if (candidates_.empty()) return Refill(tree);
  std::vector<std::pair<double, Candidate>> scored;
  for (const Candidate& candidate : candidates_) {
    scored.emplace_back(Score(tree, candidate), candidate);
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (scored.size() > 2) scored.resize(std::max<std::size_t>(2, scored.size() / 2));
  candidates_.clear();
  for (const auto& [score, candidate] : scored) candidates_.push_back(candidate);
  StartPhase();
}

std::optional<env::Action> GumbelRoot::Next(const Tree& tree) {
  const Node& root = tree.node(0);
  assert(!root.solved && prepared());
  while (true) {
    while (position_ < candidates_.size()) {
      const Candidate& candidate = candidates_[position_++];
      const std::uint32_t edge = tree.FindEdge(0, candidate.action);
      if (edge < root.opened && Refuted(root, tree.node(tree.edges(0)[edge].child))) continue;
      return candidate.action;
    }
    if (rounds_left_ > 1) {
      --rounds_left_;
      position_ = 0;
      continue;
    }
    if (root.pending > 0) return std::nullopt;
    Halve(tree);
  }
}

env::Action GumbelRoot::Winner(const Tree& tree) const {
  const Candidate* best = Best(tree, candidates_);
  // The last simulation may have refuted the last candidate: then the likeliest of the others.
  if (!best) best = Best(tree, all_);
  return best ? best->action : candidates_.front().action;
}

const GumbelRoot::Candidate* GumbelRoot::Best(const Tree& tree,
                                              const std::vector<Candidate>& from) const {
  const Node& root = tree.node(0);
  const ImprovedPolicy improved(tree, 0, options_);
  const Candidate* best = nullptr;
  double best_score = 0;
  for (const Candidate& candidate : from) {
    const std::uint32_t edge = tree.FindEdge(0, candidate.action);
    if (edge < root.opened && Refuted(root, tree.node(tree.edges(0)[edge].child))) continue;
    const double score = candidate.base + improved.sigma_factor * improved.Q(tree, 0, edge);
    if (best && score <= best_score) continue;
    best = &candidate;
    best_score = score;
  }
  return best;
}

double GumbelRoot::Base(env::Action action) const {
  const auto found =
      std::lower_bound(all_.begin(), all_.end(), action,
                       [](const Candidate& c, env::Action a) { return c.action < a; });
  assert(found != all_.end() && found->action == action);
  return found->base;
}

namespace {

/// GumbelRoot at the root, the improved policy below it, completed Q values as the target.
class GumbelRule : public RootRule {
 public:
  explicit GumbelRule(const SearchOptions& options) : options_(options), root_(options) {}

  void Reset() override { root_.Reset(); }
  void Prepare(const Tree& tree, int simulations, bool noise, RandomStream* random) override {
    root_.Prepare(tree, simulations, noise && options_.gumbel_noise, random);
  }
  std::optional<std::uint32_t> SelectRoot(Tree* tree) override {
    const std::optional<env::Action> action = root_.Next(*tree);
    if (!action) return std::nullopt;
    return tree->FindEdge(0, *action);
  }
  void Undo() override { root_.Undo(); }
  std::uint32_t SelectBelow(Tree* tree, NodeIndex index) const override {
    return SelectImproved(tree, index, options_);
  }
  std::vector<double> TargetWeights(const Tree& tree) const override {
    return CompletedQPolicy(tree, 0, options_);
  }
  std::optional<env::Action> Winner(const Tree& tree) const override {
    if (!root_.prepared()) return std::nullopt;
    return root_.Winner(tree);
  }
  /// Of a search that never began (or was cut short) the improved policy decides.
  bool Better(const Tree& /*tree*/, std::span<const double> weights, std::uint32_t a,
              std::uint32_t b) const override {
    return weights[a] > weights[b];
  }
  /// Danihelka et al., section 3.
  bool draws_winner() const override { return options_.gumbel_noise; }

 private:
  const SearchOptions& options_;
  GumbelRoot root_;
};

}  // namespace

std::unique_ptr<RootRule> MakeGumbelRule(const SearchOptions& options) {
  return std::make_unique<GumbelRule>(options);
}

}  // namespace tesuji::search
