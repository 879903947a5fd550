// PUCT by hand. All searches use PlainPuct(): score = Q + sqrt(N) * P / (1 + n).
#include "search/puct.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

GameTable ThreeArms() {
  return {{"root", First(0, {{"a", 0.5}, {"b", 0.3}, {"c", 0.2}})},
          {"a", End(0)},
          {"b", End(0.5)},
          {"c", End(-1)}};
}

// N = 1 + simulations so far, W the root's sum of values, unvisited actions count as W/N.
//   sim  sqrt(N)  a                   b                    c               chosen   W after
//   1    1        0+.5 = .500         .300                 .200            a        0
//   2    1.414    .5*1.414/2 = .354   .424                 .283            b        .5
//   3    1.732    .433                .5+.3*1.732/2=.760   .167+.346=.513  b        1
//   4    2        .500                .5+.6/3 = .700       .25+.4 = .650   b        1.5
//   5    2.236    .559                .5+.671/4 = .668     .3+.447 = .747  c        .5
//   6    2.449    .612                .5+.735/4 = .684     -1+.245         b        1
TEST(Puct, VisitsMatchTheHandCalculation) {
  const TableEnvironment game(ThreeArms());
  TableEvaluator evaluator;
  const std::vector<std::vector<int>> expected{{1, 0, 0}, {1, 1, 0}, {1, 2, 0},
                                               {1, 3, 0}, {1, 3, 1}, {1, 4, 1}};
  for (int simulations = 1; simulations <= 6; ++simulations) {
    const SearchResult result = SearchStart(game, &evaluator, PlainPuct(), simulations);
    EXPECT_EQ(Visits(result), expected[static_cast<std::size_t>(simulations - 1)]);
    EXPECT_EQ(result.visits, static_cast<unsigned>(simulations));
  }
  const SearchResult result = SearchStart(game, &evaluator, PlainPuct(), 6);
  EXPECT_EQ(result.best, 1);
  EXPECT_FLOAT_EQ(result.root_value, 1.0F / 7);  // Root 0, a 0, b 4 * .5, c -1, over 7.
  EXPECT_THAT(Target(result), ElementsAre(DoubleNear(1 / 6.0, 1e-6), DoubleNear(4 / 6.0, 1e-6),
                                          DoubleNear(1 / 6.0, 1e-6)));
}

TEST(Puct, TheSecondPlayerSeesTheSameTreeWithValuesNegated) {
  const TableEnvironment game({{"root", Second(0, {{"a", 0.5}, {"b", 0.3}, {"c", 0.2}})},
                               {"a", End(0)},
                               {"b", End(-0.5)},
                               {"c", End(1)}});
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, PlainPuct(), 6);
  EXPECT_THAT(Visits(result), ElementsAre(1, 4, 1));
  EXPECT_FLOAT_EQ(result.root_value, -1.0F / 7);
}

// Unvisited actions now count 0 - .2*sqrt(visited prior):
//   sim 1: nothing visited: a.   sim 2: a .354, b -.141+.424 = .283: a again.
//   sim 3: a .5*1.732/3 = .289, b -.141+.520 = .378: b.
TEST(Puct, FirstPlayUrgencyLiesBelowTheParentByVisitedPriorMass) {
  const TableEnvironment game(ThreeArms());
  TableEvaluator evaluator;
  SearchOptions options = PlainPuct();
  options.fpu_reduction = 0.2;
  EXPECT_THAT(Visits(SearchStart(game, &evaluator, options, 2)), ElementsAre(2, 0, 0));
  EXPECT_THAT(Visits(SearchStart(game, &evaluator, options, 3)), ElementsAre(2, 1, 0));
}

// The same constants, but a noisy root (with the noise itself turned off) does without reduction.
TEST(Puct, ANoisyRootHasNoFirstPlayReduction) {
  const TableEnvironment game(ThreeArms());
  TableEvaluator evaluator;
  SearchOptions options = PlainPuct();
  options.fpu_reduction = 0.2;
  options.root_noise = true;
  options.noise_fraction = 0;
  EXPECT_THAT(Visits(SearchStart(game, &evaluator, options, 2)), ElementsAre(1, 1, 0));
}

// c = 1 + 1 * log((N + 1) / 1): at N = 1 1.693, at N = 2 2.099.
TEST(Puct, ExplorationGrowsWithTheLogarithmOfVisits) {
  SearchOptions options = PlainPuct();
  options.cpuct_log = 1;
  options.cpuct_base = 1;
  EXPECT_NEAR(PuctFactor(options, 1), 1.693147, 1e-6);
  EXPECT_NEAR(PuctFactor(options, 4), 2 * (1 + 1.609438), 1e-6);
}

// Forced visits: sqrt(2 * P * sum n). Values a .9, b -.9; priors .65, .35; factor sqrt(N).
//   sim 1 a (.65 > .35).          sum 1: a is forced below sqrt(1.3) = 1.14
//   sim 2 a (forced).             N 3: a .9+.375 = 1.275, b .6+.606 = 1.206
//   sim 3 a.                      N 4: a .9+.325 = 1.225, b .675+.7 = 1.375
//   sim 4 b.                      sum 4: b is forced below sqrt(2.8) = 1.67
//   sim 5 b (forced).             a 3, b 2
// Pruning: limit .9+.65*2.449/4 = 1.298; b without a visit -.9+.35*2.449/2 is below it, and
// floor(sqrt(2*.35*5)) = 1 may go; the single visit that stays is dropped outright.
TEST(Puct, ForcedPlayoutsAreSpentAndPrunedFromTheTarget) {
  const TableEnvironment game(
      {{"root", First(0, {{"a", 0.65}, {"b", 0.35}})}, {"a", End(0.9F)}, {"b", End(-0.9F)}});
  TableEvaluator evaluator;
  SearchOptions options = PlainPuct();
  options.root_noise = true;
  options.noise_fraction = 0;
  options.forced_playouts = 2;
  const SearchResult result = SearchStart(game, &evaluator, options, 5);
  EXPECT_THAT(Visits(result), ElementsAre(3, 2));
  EXPECT_THAT(Target(result), ElementsAre(1, 0));
  options.forced_playouts = 0;  // Without forcing b is tried once and left: N 5, a .9+.363 first.
  EXPECT_THAT(Visits(SearchStart(game, &evaluator, options, 5)), ElementsAre(4, 1));
}

// A good move that was forced keeps the visits that PUCT would have spent anyway.
TEST(Puct, PruningKeepsVisitsThatPuctWouldHaveSpent) {
  const TableEnvironment game(
      {{"root", First(0, {{"a", 0.5}, {"b", 0.5}})}, {"a", End(0.2F)}, {"b", End(0.2F)}});
  TableEvaluator evaluator;
  SearchOptions options = PlainPuct();
  options.root_noise = true;
  options.noise_fraction = 0;
  options.forced_playouts = 2;
  const SearchResult result = SearchStart(game, &evaluator, options, 40);
  EXPECT_THAT(Visits(result), ElementsAre(20, 20));
  EXPECT_THAT(Target(result), ElementsAre(0.5, 0.5));
}

TEST(Puct, RootNoiseMovesPriorsByItsFractionAndKeepsTheirSum) {
  const TableEnvironment game(ThreeArms());
  Tree tree;
  tree.Clear();
  const std::vector<env::Action> actions{0, 1, 2};
  const std::vector<float> priors{0.5F, 0.3F, 0.2F};
  tree.Expand(0, NodeKind::kFirst, actions, priors);
  SearchOptions options;
  NoisyRoot noisy(options);
  RandomStream random(7);
  std::vector<double> mean(3);
  const int draws = 4000;
  for (int i = 0; i < draws; ++i) {
    noisy.Prepare(tree, &random);
    double sum = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      EXPECT_GE(noisy.priors()[a], 0.75F * priors[a] - 1e-6F);
      sum += noisy.priors()[a];
      mean[a] += noisy.priors()[a] / draws;
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  // A symmetric Dirichlet has mean 1/3: .75 * P + .25 / 3.
  for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(mean[a], 0.75 * priors[a] + 0.25 / 3, 0.005);
}

TEST(Puct, RootPolicyTemperatureFlattensPriors) {
  Tree tree;
  tree.Clear();
  const std::vector<env::Action> actions{0, 1};
  const std::vector<float> priors{0.8F, 0.2F};
  tree.Expand(0, NodeKind::kFirst, actions, priors);
  SearchOptions options;
  options.noise_fraction = 0;
  options.root_policy_temperature = 2;  // sqrt(.8) : sqrt(.2) = 2 : 1
  NoisyRoot noisy(options);
  RandomStream random(7);
  noisy.Prepare(tree, &random);
  EXPECT_NEAR(noisy.priors()[0], 2.0 / 3, 1e-6);
  EXPECT_NEAR(noisy.priors()[1], 1.0 / 3, 1e-6);
}

// Two plies, first then second player. Root value 0, a's value .4, a's reply x -> -.6, y -> .8.
//   sim 1: a (evaluated, .4). sim 2: N 2: a .4+.6*1.414/2 = .824, b .2+.4*1.414 = .766: a; there
//   the second player (N 1) prefers x by prior: .7 > .3: -.6.
//   sim 3: N 3, W -.2: a mean -.1 + .6*1.732/3 = .246; b -.067+.693 = .626: b.
//   sim 4: N 4, W -.2: a -.1+.4 = .3; b 0+.4*2/2 = .4: b.
TEST(Puct, ValuesAreTurnedToThePlayerWhoChooses) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.6}, {"b", 0.4}})},
                               {"a", Second(0.4F, {{"x", 0.7}, {"y", 0.3}})},
                               {"x", End(-0.6F)},
                               {"y", End(0.8F)},
                               {"b", End(0)}});
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, PlainPuct(), 4);
  EXPECT_THAT(Visits(result), ElementsAre(2, 2));
  EXPECT_NEAR(result.actions[0].value, -0.1, 1e-6);
  EXPECT_THAT(evaluator.asked, ElementsAre("root", "a"));  // Terminals cost no evaluation.
}

}  // namespace
}  // namespace tesuji::search
