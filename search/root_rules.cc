#include <algorithm>

#include "search/gumbel.h"
#include "search/puct.h"
#include "search/root_rule.h"

namespace tesuji::search {
namespace {

constexpr RootRuleKind kRootRules[] = {
    {"puct", "PUCT; in self-play with Dirichlet noise and forced playouts", false, MakePuctRule},
    {"gumbel", "Gumbel top-k and sequential halving, completed-Q target", true, MakeGumbelRule},
};

}  // namespace

std::span<const RootRuleKind> RootRules() { return kRootRules; }

const RootRuleKind* FindRootRule(std::string_view name) {
  const auto found = std::ranges::find(kRootRules, name, &RootRuleKind::name);
  return found == std::end(kRootRules) ? nullptr : found;
}

bool RootRule::Better(const Tree& tree, std::span<const double> /*weights*/, std::uint32_t a,
                      std::uint32_t b) const {
  const Node& root = tree.node(0);
  const std::span<const Edge> edges = tree.edges(0);
  const auto visits = [&](std::uint32_t i) {
    return i < root.opened ? tree.node(edges[i].child).visits : 0;
  };
  const auto value = [&](std::uint32_t i) {
    return i < root.opened ? root.sign() * tree.node(edges[i].child).mean() : -2;
  };
  if (visits(a) != visits(b)) return visits(a) > visits(b);
  if (value(a) != value(b)) return value(a) > value(b);
  if (edges[a].prior != edges[b].prior) return edges[a].prior > edges[b].prior;
  return edges[a].action < edges[b].action;
}

}  // namespace tesuji::search
