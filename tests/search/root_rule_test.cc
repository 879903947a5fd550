#include "search/root_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "search/backup.h"
#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

/// A third rule, all of it: every move in turn, wherever it is.
class InTurn : public RootRule {
 public:
  void Prepare(const Tree&, int, bool, RandomStream*) override {}
  std::optional<std::uint32_t> SelectRoot(Tree* tree) override { return SelectBelow(tree, 0); }
  std::uint32_t SelectBelow(Tree* tree, NodeIndex index) const override {
    const Node& node = tree->node(index);
    if (node.opened < node.edge_count) return tree->BestUnopened(index);
    const auto edges = tree->edges(index);
    std::uint32_t best = node.edge_count;
    for (std::uint32_t i = 0; i < node.edge_count; ++i) {
      const Node& child = tree->node(edges[i].child);
      if (Refuted(node, child)) continue;
      if (best == node.edge_count ||
          SelectionVisits(child) < SelectionVisits(tree->node(edges[best].child))) {
        best = i;
      }
    }
    return best;
  }
  std::vector<double> TargetWeights(const Tree& tree) const override {
    std::vector<double> visits;
    for (const Edge& edge : tree.opened(0)) visits.push_back(tree.node(edge.child).visits);
    return visits;
  }
};

/// Its line in the list.
constexpr RootRuleKind kInTurn = {
    "in-turn", "every move in turn", false,
    [](const SearchOptions&) -> std::unique_ptr<RootRule> { return std::make_unique<InTurn>(); }};

TEST(RootRule, AThirdRuleIsOneClassAndOneLine) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.7}, {"b", 0.2}, {"c", 0.1}})},
                               {"a", Second(0, {{"x", 0.5}, {"y", 0.5}})},
                               {"b", End(0.5)},
                               {"c", End(-0.5)},
                               {"x", End(-0.25)},
                               {"y", End(0.75)}});
  TableEvaluator evaluator;
  Mcts mcts(game, PlainPuct(), kInTurn);
  mcts.SetRoot(**game.NewState({}));
  RandomStream random(1);
  const SearchResult result = RunSearch(&mcts, &evaluator, &random, 9);
  EXPECT_THAT(Visits(result), ElementsAre(3, 3, 3));
  EXPECT_THAT(Target(result), ElementsAre(DoubleNear(1 / 3.0, 1e-6), DoubleNear(1 / 3.0, 1e-6),
                                          DoubleNear(1 / 3.0, 1e-6)));
  EXPECT_EQ(result.best, 1) << "the better value among equal visits";
  EXPECT_FALSE(result.best_is_drawn);
  // Below the root its rule holds as well: x and y once each.
  EXPECT_NEAR(result.actions[0].value, (0 - 0.25 + 0.75) / 3, 1e-6);
}

TEST(RootRule, TheThirdRuleProvesLikeTheOthers) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.9}, {"b", 0.1}})},
                               {"a", Second(0, {{"x", 1}})},
                               {"x", End(-1)},
                               {"b", Second(0, {{"y", 1}})},
                               {"y", End(1)}});
  TableEvaluator evaluator;
  SearchOptions options = PlainPuct();
  options.prove = true;
  Mcts mcts(game, options, kInTurn);
  mcts.SetRoot(**game.NewState({}));
  RandomStream random(1);
  const SearchResult result = RunSearch(&mcts, &evaluator, &random, 50);
  EXPECT_EQ(result.best, 1);
  EXPECT_EQ(result.proof, Proof::kWin);
}

TEST(RootRule, NamesAreDifferentAndTheDefaultIsTheFirst) {
  std::set<std::string_view> names;
  for (const RootRuleKind& rule : RootRules()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    EXPECT_EQ(FindRootRule(rule.name), &rule);
    EXPECT_FALSE(rule.help.empty());
  }
  EXPECT_EQ(SearchOptions().root, RootRules().front().name);
  EXPECT_EQ(FindRootRule("in-turn"), nullptr);
}

TEST(RootRule, AnUnknownNameIsRefusedAndAllNamesAreTold) {
  SearchOptions options;
  options.root = "ucb";
  const Status status = Validate(options);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "root = \"ucb\": expected puct or gumbel");
}

}  // namespace
}  // namespace tesuji::search
