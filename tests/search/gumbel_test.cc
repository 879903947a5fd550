// The Gumbel root by hand. PlainGumbel(): no noise, sigma(q) = (1 + max N) * q, q = (1 + v) / 2.
#include "search/gumbel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

GameTable FiveArms() {
  return {{"root", First(0, {{"a", 0.3}, {"b", 0.25}, {"c", 0.2}, {"d", 0.15}, {"e", 0.1}})},
          {"a", End(-0.5F)},
          {"b", End(0.5F)},
          {"c", End(0.2F)},
          {"d", End(-0.2F)},
          {"e", End(1)}};
}

// m = 4 of 5 actions, n = 8: two phases. Phase 1: each of a b c d floor(8 / (2*4)) = 1 visit;
// log P + 2q: a -.704, b .114, c -.409, d -1.097: b and c stay. Phase 2: floor(8 / (2*2)) = 2 more
// each. b wins. e is never considered.
TEST(Gumbel, SequentialHalvingVisitsMatchTheHandCalculation) {
  const TableEnvironment game(FiveArms());
  TableEvaluator evaluator;
  SearchOptions options = PlainGumbel();
  options.gumbel_considered = 4;
  const SearchResult result = SearchStart(game, &evaluator, options, 8);
  EXPECT_THAT(Visits(result), ElementsAre(1, 3, 3, 1, 0));
  EXPECT_EQ(result.best, 1);
}

// After it max N = 3, so sigma(q) = 4q. q: a .25, b .75, c .6, d .4. Mixed value of e: root 0,
// sum N = 8, prior-weighted mean of the visited -.015/.9 = -.016667: 8 * -.016667 / 9 = -.014815,
// q .492593. P * exp(4q): a .81548, b 5.02138, c 2.20464, d .74295, e .71733; sum 9.50178.
TEST(Gumbel, CompletedQTargetMatchesTheHandCalculation) {
  const TableEnvironment game(FiveArms());
  TableEvaluator evaluator;
  SearchOptions options = PlainGumbel();
  options.gumbel_considered = 4;
  const SearchResult result = SearchStart(game, &evaluator, options, 8);
  EXPECT_THAT(Target(result), ElementsAre(DoubleNear(0.085824, 2e-6), DoubleNear(0.528467, 2e-6),
                                          DoubleNear(0.232024, 2e-6), DoubleNear(0.078191, 2e-6),
                                          DoubleNear(0.075494, 2e-6)));
  double kl = 0;
  const std::vector<double> prior{0.3, 0.25, 0.2, 0.15, 0.1};
  for (std::size_t i = 0; i < 5; ++i) {
    kl += Target(result)[i] * std::log(Target(result)[i] / prior[i]);
  }
  EXPECT_NEAR(result.surprise, kl, 1e-5);
}

// The visits of sequential halving over 16 equal arms, as a histogram {visits: arms}.
std::map<int, int> Halving(int simulations, int considered) {
  GameTable table{{"end", End(0)}};
  std::vector<std::pair<std::string, double>> moves(20, {"end", 0.05});
  table["root"] = First(0, moves);
  const TableEnvironment game(table);
  TableEvaluator evaluator;
  SearchOptions options = PlainGumbel();
  options.gumbel_considered = considered;
  std::map<int, int> histogram;
  for (int visits : Visits(SearchStart(game, &evaluator, options, simulations))) {
    if (visits > 0) ++histogram[visits];
  }
  return histogram;
}

TEST(Gumbel, SequentialHalvingSpendsTheBudgetExactly) {
  using Histogram = std::map<int, int>;
  // 16 x 1, 8 x 1, 4 x 2 are 32 already.
  EXPECT_EQ(Halving(32, 16), (Histogram{{1, 8}, {2, 4}, {4, 4}}));
  // 16 x 1, 8 x 1, 4 x 3, 2 x 6 are 48; one more round for the last two.
  EXPECT_EQ(Halving(50, 16), (Histogram{{1, 8}, {2, 4}, {5, 2}, {12, 2}}));
  // Four phases of 50: 16 x 3, 8 x 6, 4 x 12, 2 x 25 are 194; then six for the last two.
  EXPECT_EQ(Halving(200, 16), (Histogram{{3, 8}, {9, 4}, {21, 2}, {49, 2}}));
  EXPECT_EQ(Halving(2, 16), (Histogram{{1, 2}}));  // No more considered than can be visited.
  EXPECT_EQ(Halving(1, 16), (Histogram{{1, 1}}));
  EXPECT_EQ(Halving(7, 1), (Histogram{{7, 1}}));
  // Three considered: two phases; 3 x 1, then 2 x 2 with one simulation missing.
  EXPECT_EQ(Halving(6, 3), (Histogram{{1, 1}, {2, 1}, {3, 1}}));
  for (int simulations = 1; simulations < 60; ++simulations) {
    int sum = 0;
    for (const auto& [visits, arms] : Halving(simulations, 5)) sum += visits * arms;
    EXPECT_EQ(sum, simulations);
  }
}

// Inside: x has prior .6, value -.5 (q .25); y prior .4, value .5 (q .75); own value 0.
//   1: nothing visited, pi' = P: x.
//   2: mixed q .375, sigma 2q: x .6*e^.5, y .4*e^.75: pi' .539 .461; less 1/2, 0: y.
//   3: pi' .356 .644; less 1/3, 1/3: y.   4: sigma 3q: .251 .749; less 1/4, 2/4: y.
//   5: sigma 4q: .169 .831; less 1/5, 3/5: y.
TEST(Gumbel, InnerNodesFollowTheImprovedPolicy) {
  const TableEnvironment game({{"root", First(0, {{"a", 1}})},
                               {"a", First(0, {{"x", 0.6}, {"y", 0.4}})},
                               {"x", End(-0.5F)},
                               {"y", End(0.5F)}},
                              1);
  TableEvaluator evaluator;
  const std::vector<std::vector<int>> expected{{0, 0}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}};
  for (int simulations = 1; simulations <= 6; ++simulations) {
    Mcts mcts(game, PlainGumbel());
    mcts.SetRoot(**game.NewState({}));
    RandomStream random(1);
    RunSearch(&mcts, &evaluator, &random, simulations);
    mcts.Advance(0);
    EXPECT_EQ(Visits(mcts.result()), expected[static_cast<std::size_t>(simulations - 1)]);
  }
}

// With n = m = 1 the played action is a sample of the policy (the Gumbel-max trick).
TEST(Gumbel, OneSimulationSamplesThePrior) {
  const TableEnvironment game(FiveArms());
  TableEvaluator evaluator;
  SearchOptions options = PlainGumbel();
  options.gumbel_noise = true;
  std::vector<int> counts(5);
  const int draws = 5000;
  for (int i = 0; i < draws; ++i) {
    const auto seed = static_cast<std::uint64_t>(i);
    ++counts[static_cast<std::size_t>(SearchStart(game, &evaluator, options, 1, seed).best)];
  }
  const std::vector<double> prior{0.3, 0.25, 0.2, 0.15, 0.1};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(counts[i] / double{draws}, prior[i], 0.025);
}

// The considered actions are the top m of g + logit: without replacement, never outside the legal.
TEST(Gumbel, ConsidersDistinctActionsOnly) {
  const TableEnvironment game(FiveArms());
  TableEvaluator evaluator;
  SearchOptions options = PlainGumbel();
  options.gumbel_noise = true;
  options.gumbel_considered = 3;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<int> visits = Visits(SearchStart(game, &evaluator, options, 3, seed));
    EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), 3);
    EXPECT_EQ(std::count(visits.begin(), visits.end(), 0), 2);
  }
}

// a and b are proven losses; with m = 2 both leave and c enters, although it was not considered.
TEST(Gumbel, RefutedActionsMakeRoomForOthers) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.5}, {"b", 0.3}, {"c", 0.2}})},
                               {"a", End(-1)},
                               {"b", End(-1)},
                               {"c", Second(-0.5F, {{"c", 1}})}});
  TableEvaluator evaluator;
  SearchOptions options = PlainGumbel();
  options.prove = true;
  options.gumbel_considered = 2;
  const SearchResult result = SearchStart(game, &evaluator, options, 3);
  EXPECT_THAT(Visits(result), ElementsAre(1, 1, 1));
  EXPECT_EQ(result.best, 2);
  EXPECT_THAT(Target(result), ElementsAre(0, 0, 1));
}

}  // namespace
}  // namespace tesuji::search
