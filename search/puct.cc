#include "search/puct.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "search/backup.h"

namespace tesuji::search {

double PuctFactor(const SearchOptions& options, double total) {
  const double c = options.cpuct +
                   options.cpuct_log * std::log((total + options.cpuct_base) / options.cpuct_base);
  return c * std::sqrt(total);
}

std::uint32_t SelectPuct(Tree* tree, NodeIndex index, const SearchOptions& options) {
  const std::uint32_t unopened = tree->BestUnopened(index);
  const Node& node = tree->node(index);
  const std::span<const Edge> edges = tree->edges(index);
  const double sign = node.sign();
  const double factor = PuctFactor(options, SelectionVisits(node));
  std::uint32_t best = node.edge_count;
  double best_score = -1e300;
  double visited_prior = 0;
  for (std::uint32_t i = 0; i < node.opened; ++i) {
    const Node& child = tree->node(edges[i].child);
    visited_prior += edges[i].prior;
    if (Refuted(node, child)) continue;
    const double score =
        SelectionValue(child, sign) + factor * edges[i].prior / (1.0 + SelectionVisits(child));
    if (score > best_score) {
      best_score = score;
      best = i;
    }
  }
  if (unopened < node.edge_count) {
    // All unopened edges share one value, so only the likeliest of them can win.
    const double urgency =
        sign * node.mean() - options.fpu_reduction * std::sqrt(std::min(1.0, visited_prior));
    if (urgency + factor * edges[unopened].prior > best_score) best = unopened;
  }
  assert(best < node.edge_count && "a node whose moves are all refuted is solved");
  return best;
}

void NoisyRoot::Prepare(const Tree& tree, RandomStream* random) {
  const std::span<const Edge> edges = tree.edges(0);
  assert(!edges.empty());
  // Edges are in the order in which they were opened; noise is drawn in the order of actions so
  // that it does not depend on what an earlier search did.
  std::vector<std::uint32_t> order(edges.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return edges[a].action < edges[b].action; });
  const double exponent = 1.0 / options_.root_policy_temperature;
  const double alpha = options_.noise_total_alpha / static_cast<double>(edges.size());
  std::vector<double> policy(edges.size());
  std::vector<double> noise(edges.size());
  double policy_sum = 0;
  double noise_sum = 0;
  for (std::uint32_t i : order) {
    policy[i] = exponent == 1.0 ? edges[i].prior : std::pow(edges[i].prior, exponent);
    noise[i] = options_.noise_fraction > 0 ? random->Gamma(alpha) : 0;
    policy_sum += policy[i];
    noise_sum += noise[i];
  }
  // A tiny alpha may underflow to all zeros; then there is no noise this time.
  const double fraction = noise_sum > 0 ? options_.noise_fraction : 0;
  priors_.resize(edges.size());
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    const double shaped = policy_sum > 0 ? policy[i] / policy_sum : 1.0 / policy.size();
    const double random_part = noise_sum > 0 ? noise[i] / noise_sum : 0;
    priors_[i] = static_cast<float>((1 - fraction) * shaped + fraction * random_part);
  }
}

double NoisyRoot::ForcedVisits(const Tree& tree, std::uint32_t edge) const {
  if (options_.forced_playouts <= 0) return 0;
  const Node& root = tree.node(0);
  const double below = SelectionVisits(root) > 0 ? SelectionVisits(root) - 1.0 : 0.0;
  return std::sqrt(options_.forced_playouts * priors_[edge] * below);
}

std::uint32_t NoisyRoot::Select(const Tree& tree) const {
  const Node& root = tree.node(0);
  const std::span<const Edge> edges = tree.edges(0);
  const double sign = root.sign();
  const double factor = PuctFactor(options_, SelectionVisits(root));
  std::uint32_t best = root.edge_count;
  double best_score = -1e300;
  bool best_forced = false;
  for (std::uint32_t i = 0; i < root.edge_count; ++i) {
    double score = sign * root.mean() + factor * priors_[i];  // No FPU reduction where we explore.
    bool forced = false;
    if (i < root.opened) {
      const Node& child = tree.node(edges[i].child);
      if (Refuted(root, child)) continue;
      score = SelectionValue(child, sign) + factor * priors_[i] / (1.0 + SelectionVisits(child));
      forced = SelectionVisits(child) < ForcedVisits(tree, i);
    }
    if (forced > best_forced || (forced == best_forced && score > best_score)) {
      best = i;
      best_score = score;
      best_forced = forced;
    }
  }
  assert(best < root.edge_count && "a root whose moves are all refuted is solved");
  return best;
}

void NoisyRoot::BeforeOpen(std::uint32_t opened, std::uint32_t edge) {
  std::swap(priors_[opened], priors_[edge]);
}

std::vector<double> NoisyRoot::PrunedVisits(const Tree& tree) const {
  const Node& root = tree.node(0);
  const std::span<const Edge> opened = tree.opened(0);
  const double sign = root.sign();
  const double factor = PuctFactor(options_, root.visits);
  std::vector<double> visits(opened.size());
  std::size_t most = 0;
  for (std::size_t i = 0; i < opened.size(); ++i) {
    visits[i] = tree.node(opened[i].child).visits;
    if (visits[i] > visits[most]) most = i;
  }
  if (options_.forced_playouts <= 0 || opened.empty()) return visits;
  const Node& favourite = tree.node(opened[most].child);
  const double limit = sign * favourite.mean() + factor * priors_[most] / (1.0 + visits[most]);
  for (std::size_t i = 0; i < opened.size(); ++i) {
    if (i == most) continue;
    const double value = sign * tree.node(opened[i].child).mean();
    double removable = std::floor(ForcedVisits(tree, static_cast<std::uint32_t>(i)));
    // One visit less raises the urgency; stop where PUCT itself would have spent the visit.
    while (visits[i] > 0 && removable > 0 && value + factor * priors_[i] / visits[i] < limit) {
      visits[i] -= 1;
      removable -= 1;
    }
    if (visits[i] <= 1) visits[i] = 0;
  }
  return visits;
}

namespace {

/// PUCT everywhere, at the root with noise where the search explores; visits are the target.
class PuctRule : public RootRule {
 public:
  explicit PuctRule(const SearchOptions& options) : options_(options), noisy_(options) {}

  void Reset() override { noisy_.Reset(); }
  void Prepare(const Tree& tree, int /*simulations*/, bool noise, RandomStream* random) override {
    if (noise && options_.root_noise) noisy_.Prepare(tree, random);
  }
  std::optional<std::uint32_t> SelectRoot(Tree* tree) override {
    return noisy_.prepared() ? noisy_.Select(*tree) : SelectPuct(tree, 0, options_);
  }
  void BeforeOpen(std::uint32_t opened, std::uint32_t edge) override {
    if (noisy_.prepared()) noisy_.BeforeOpen(opened, edge);
  }
  std::uint32_t SelectBelow(Tree* tree, NodeIndex index) const override {
    return SelectPuct(tree, index, options_);
  }
  std::vector<double> TargetWeights(const Tree& tree) const override {
    if (noisy_.prepared()) return noisy_.PrunedVisits(tree);
    std::vector<double> visits;
    for (const Edge& edge : tree.opened(0)) visits.push_back(tree.node(edge.child).visits);
    return visits;
  }

 private:
  const SearchOptions& options_;
  NoisyRoot noisy_;
};

}  // namespace

std::unique_ptr<RootRule> MakePuctRule(const SearchOptions& options) {
  return std::make_unique<PuctRule>(options);
}

}  // namespace tesuji::search
