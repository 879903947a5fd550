#include "search/mcts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "search/uniform_evaluator.h"
#include "tests/search/noughts.h"
#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

using testing::ElementsAre;

SearchOptions Proving(const std::string& root = "puct") {
  SearchOptions options = root == "puct" ? PlainPuct() : PlainGumbel();
  options.prove = true;
  return options;
}

TEST(Proofs, AWinningMoveEndsTheSearchAndTakesTheWholeTarget) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.6}, {"b", 0.4}})},
                               {"a", Second(0.5F, {{"a", 1}})},
                               {"b", End(1)}});
  TableEvaluator evaluator;
  for (const std::string root : {"puct", "gumbel"}) {
    const SearchResult result = SearchStart(game, &evaluator, Proving(root), 1000);
    EXPECT_EQ(result.proof, Proof::kWin);
    EXPECT_EQ(result.best, 1);
    EXPECT_EQ(result.root_value, 1);
    EXPECT_LT(result.visits, 10U);
    EXPECT_THAT(Target(result), ElementsAre(0, 1));
  }
}

TEST(Proofs, ASecondPlayersWinIsALossInFirstPlayersView) {
  const TableEnvironment game({{"root", Second(0, {{"a", 0.6}, {"b", 0.4}})},
                               {"a", First(0.5F, {{"a", 1}})},
                               {"b", End(-1)}});
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, Proving(), 1000);
  EXPECT_EQ(result.proof, Proof::kLoss);
  EXPECT_EQ(result.root_value, -1);
  EXPECT_EQ(result.best, 1);
}

TEST(Proofs, ADrawIsProvenOnlyWhenNothingBetterIsLeft) {
  TableEvaluator evaluator;
  const TableEnvironment drawn({{"root", First(0.5F, {{"a", 0.5}, {"b", 0.3}, {"c", 0.2}})},
                                {"a", End(-1)},
                                {"b", End(0)},
                                {"c", End(0)}});
  const SearchResult result = SearchStart(drawn, &evaluator, Proving(), 1000);
  EXPECT_EQ(result.proof, Proof::kDraw);
  EXPECT_EQ(result.root_value, 0);
  EXPECT_EQ(Target(result)[0], 0);
  EXPECT_NE(result.best, 0);
  const TableEnvironment open({{"root", First(0.5F, {{"b", 0.5}, {"c", 0.5}})},
                               {"b", End(0)},
                               {"c", Second(0.3F, {{"c", 1}})}});
  const SearchResult unsolved = SearchStart(open, &evaluator, Proving(), 50);
  EXPECT_EQ(unsolved.proof, Proof::kNone);
  EXPECT_EQ(unsolved.best, 1);
  EXPECT_EQ(unsolved.visits, 50U);
}

TEST(Proofs, AllMovesLosingIsALossWithATargetOverAllOfThem) {
  const TableEnvironment game(
      {{"root", First(0, {{"a", 0.6}, {"b", 0.4}})}, {"a", End(-1)}, {"b", End(-1)}});
  TableEvaluator evaluator;
  for (const std::string root : {"puct", "gumbel"}) {
    const SearchResult result = SearchStart(game, &evaluator, Proving(root), 1000);
    EXPECT_EQ(result.proof, Proof::kLoss);
    EXPECT_GT(Target(result)[0], 0);
    EXPECT_GT(Target(result)[1], 0);
  }
}

// A lone agent's end at .4 is neither win nor draw; it is solved only when all ends are known.
TEST(Proofs, ALoneAgentsGradedEndsAreSolvedExactlyWithoutAWord) {
  const TableEnvironment game(
      {{"root", First(0, {{"a", 0.6}, {"b", 0.4}})}, {"a", End(0.4F)}, {"b", End(0.1F)}}, 1);
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, Proving(), 1000);
  EXPECT_EQ(result.proof, Proof::kNone);
  EXPECT_FLOAT_EQ(result.root_value, 0.4F);
  EXPECT_THAT(Target(result), ElementsAre(1, 0));
  EXPECT_LT(result.visits, 1000U);
}

// Sims: a (.9), then in a: y by prior (-1), which refutes a. a is -1 from now on, but the root
// keeps what its simulations returned: 0, .9, -1. Then b (-.2), the only move left.
TEST(Proofs, ARefutedMoveIsExactItselfAndLeftAloneFromThenOn) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.9}, {"b", 0.1}})},
                               {"a", Second(0.9F, {{"y", 0.9}, {"z", 0.1}})},
                               {"y", End(-1)},
                               {"z", End(0)},
                               {"b", Second(-0.2F, {{"b", 1}})}});
  TableEvaluator evaluator;
  const SearchResult two = SearchStart(game, &evaluator, Proving(), 2);
  EXPECT_THAT(Visits(two), ElementsAre(2, 0));
  EXPECT_EQ(two.actions[0].proof, Proof::kLoss);
  EXPECT_FLOAT_EQ(two.actions[0].value, -1);
  EXPECT_FLOAT_EQ(two.root_value, -0.1F / 3);
  EXPECT_EQ(two.best, 1);
  EXPECT_THAT(Target(two), ElementsAre(0, 1));
  const SearchResult three = SearchStart(game, &evaluator, Proving(), 3);
  EXPECT_THAT(Visits(three), ElementsAre(2, 1));
  EXPECT_FLOAT_EQ(three.root_value, -0.3F / 4);
}

// Sims: a (.9); y; y again (0 + .5*1.414/2 = .354 against z -.45+.707 = .257); z (-.3+.866 = .566
// against .289). With z known a is a draw: the visit that returned .9 and the root's share of it
// are corrected.
TEST(Proofs, AProvenDrawCorrectsWhatItsAncestorsBelieved) {
  const TableEnvironment game({{"root", First(0, {{"a", 1}, {"b", 0}})},
                               {"a", Second(0.9F, {{"y", 0.5}, {"z", 0.5}})},
                               {"y", End(0)},
                               {"z", End(0)},
                               {"b", Second(0, {{"b", 1}})}});
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, Proving(), 4);
  EXPECT_FLOAT_EQ(SearchStart(game, &evaluator, Proving(), 3).root_value, 0.9F / 4);
  EXPECT_THAT(Visits(result), ElementsAre(4, 0));
  EXPECT_EQ(result.actions[0].proof, Proof::kDraw);
  EXPECT_FLOAT_EQ(result.root_value, 0);
}

SearchOptions LookingAhead(const std::string& root) {
  SearchOptions options = Proving(root);
  options.look_ahead = true;
  return options;
}

// Its prior of 0 would have kept the win out of sight.
TEST(Proofs, LookingAheadSeesAWinThatNoSimulationWouldTry) {
  const TableEnvironment game({{"root", First(0, {{"a", 1}, {"win", 0}})},
                               {"a", Second(0.9F, {{"a", 1}})},
                               {"win", End(1)}});
  TableEvaluator evaluator;
  for (const std::string root : {"puct", "gumbel"}) {
    const SearchResult result = SearchStart(game, &evaluator, LookingAhead(root), 1000);
    EXPECT_EQ(result.proof, Proof::kWin);
    EXPECT_EQ(result.visits, 0U);
    EXPECT_EQ(result.best, 1);
    EXPECT_THAT(Target(result), ElementsAre(0, 1));
  }
}

// The evaluator likes a (.9), the opponent wins there at once: one simulation refutes it. The
// simulation itself keeps what it returned, as after every refutation.
TEST(Proofs, LookingAheadRefutesAMoveByItsFirstSimulation) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.9}, {"b", 0.1}})},
                               {"a", Second(0.9F, {{"z", 1}, {"y", 0}})},
                               {"y", End(-1)},
                               {"z", First(0, {{"z", 1}})},
                               {"b", Second(-0.2F, {{"b", 1}})}});
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, LookingAhead("puct"), 1);
  EXPECT_THAT(Visits(result), ElementsAre(1, 0));
  EXPECT_EQ(result.actions[0].proof, Proof::kLoss);
  EXPECT_EQ(result.best, 1);
}

// An end that does not win proves nothing by itself; when all moves are ends the best of them does.
TEST(Proofs, LookingAheadSolvesAPositionOnlyWhereItsEndsDo) {
  TableEvaluator evaluator;
  const TableEnvironment open({{"root", First(0.5F, {{"b", 0.5}, {"c", 0.5}})},
                               {"b", End(0)},
                               {"c", Second(0.3F, {{"c", 1}})}});
  const SearchResult unsolved = SearchStart(open, &evaluator, LookingAhead("puct"), 50);
  EXPECT_EQ(unsolved.proof, Proof::kNone);
  EXPECT_EQ(unsolved.best, 1);
  EXPECT_EQ(unsolved.visits, 50U);
  const TableEnvironment ends(
      {{"root", First(0, {{"a", 0.6}, {"b", 0.4}})}, {"a", End(-1)}, {"b", End(0)}});
  const SearchResult drawn = SearchStart(ends, &evaluator, LookingAhead("gumbel"), 50);
  EXPECT_EQ(drawn.proof, Proof::kDraw);
  EXPECT_EQ(drawn.best, 1);
  EXPECT_EQ(drawn.visits, 0U);
}

// Two leaves are out when a third, a terminal one, proves the root. What comes back later must not
// disturb the proven value.
TEST(Proofs, EvaluationsThatArriveAfterTheProofChangeNothing) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.5}, {"b", 0.3}, {"c", 0.2}})},
                               {"a", Second(-0.5F, {{"a", 1}})},
                               {"b", Second(-0.5F, {{"b", 1}})},
                               {"c", End(1)}});
  TableEvaluator evaluator;
  SearchOptions options = Proving();
  options.max_pending = 8;
  const SearchResult result = SearchStart(game, &evaluator, options, 20);
  EXPECT_THAT(Visits(result), ElementsAre(1, 1, 1));
  EXPECT_EQ(result.root_value, 1);
}

TEST(Proofs, ChanceNodesAreSolvedByTheirExactExpectation) {
  const TableEnvironment game({{"root", First(0, {{"safe", 0.5}, {"gamble", 0.5}})},
                               {"safe", End(-0.25F)},
                               {"gamble", Chance({{"win", 0.25}, {"lose", 0.75}})},
                               {"win", End(1)},
                               {"lose", End(-1)}});
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, Proving(), 10000);
  EXPECT_FLOAT_EQ(result.root_value, -0.25F);
  EXPECT_FLOAT_EQ(result.actions[1].value, -0.5F);
  EXPECT_EQ(result.best, 0);
  EXPECT_LT(result.visits, 10000U);
}

TEST(Mcts, ChanceOutcomesAreSampledByTheirProbability) {
  const TableEnvironment game({{"root", First(0, {{"gamble", 1}})},
                               {"gamble", Chance({{"win", 0.25}, {"lose", 0.75}})},
                               {"win", End(1)},
                               {"lose", End(-1)}});
  TableEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, PlainPuct(), 20000);
  EXPECT_NEAR(result.root_value, -0.5, 0.02);  // Standard error .006.
  EXPECT_EQ(result.visits, 20000U);
}

// a's estimate is poor, but one of its two continuations is worth .7.
TEST(Mcts, MaxBackupKeepsALoneAgentsBestLineAndMeanBackupAverages) {
  const TableEnvironment game({{"root", First(0, {{"a", 1}})},
                               {"a", First(-0.9F, {{"x", 0.5}, {"y", 0.5}})},
                               {"x", End(0.7F)},
                               {"y", End(-1)}},
                              1);
  TableEvaluator evaluator;
  SearchOptions options = PlainPuct();
  // sims: a, x, then x again as long as .7 + sqrt(N)*.5/(1+n) beats the urgency of y.
  const SearchResult mean = SearchStart(game, &evaluator, options, 3);
  EXPECT_NEAR(mean.actions[0].value, (-0.9 + 0.7 + 0.7) / 3, 1e-6);
  options.backup = Backup::kMax;
  const SearchResult max = SearchStart(game, &evaluator, options, 3);
  EXPECT_FLOAT_EQ(max.actions[0].value, 0.7F);
  EXPECT_FLOAT_EQ(max.root_value, 0.7F);
}

// Max over decisions, expectation over chance: the gamble is worth about -.5, not 1.
TEST(Mcts, MaxBackupTakesTheExpectationAtChanceNodes) {
  const TableEnvironment game({{"root", First(0, {{"gamble", 1}})},
                               {"gamble", Chance({{"win", 0.25}, {"lose", 0.75}})},
                               {"win", End(1)},
                               {"lose", End(-1)}},
                              1);
  TableEvaluator evaluator;
  SearchOptions options = PlainPuct();
  options.backup = Backup::kMax;
  EXPECT_NEAR(SearchStart(game, &evaluator, options, 20000).root_value, -0.5, 0.02);
}

TEST(Mcts, ALeafThatAwaitsAJudgeCountsAsItsParentsEstimate) {
  const TableEnvironment game({{"root", First(-0.3F, {{"a", 0.5}, {"b", 0.5}})},
                               {"a", Unjudged()},
                               {"b", First(0.6F, {{"c", 1}})},
                               {"c", Unjudged()}},
                              1);
  TableEvaluator evaluator;
  SearchOptions options = Proving();
  const SearchResult result = SearchStart(game, &evaluator, options, 40);
  EXPECT_FLOAT_EQ(result.actions[0].value, -0.3F);
  EXPECT_FLOAT_EQ(result.actions[1].value, 0.6F);
  EXPECT_EQ(result.visits, 40U);  // Never solved.
}

TEST(Mcts, ReusedSubtreesKeepTheirVisitsAndGetNewSimulationsOnTop) {
  const NoughtsEnvironment game;
  UniformEvaluator evaluator;
  SearchOptions options = PlainPuct();
  Mcts mcts(game, options);
  mcts.SetRoot(**game.NewState({}));
  RandomStream random(1);
  const SearchResult first = RunSearch(&mcts, &evaluator, &random, 200);
  const std::uint32_t carried = first.actions[4].visits;
  ASSERT_GT(carried, 5U);
  mcts.Advance(4);
  EXPECT_EQ(mcts.result().visits, carried - 1);  // Its own evaluation is not a simulation below it.
  const SearchResult second = RunSearch(&mcts, &evaluator, &random, 200);
  EXPECT_EQ(second.visits, carried - 1 + 200);
  options.reuse_tree = false;
  Mcts forgetful(game, options);
  forgetful.SetRoot(**game.NewState({}));
  RunSearch(&forgetful, &evaluator, &random, 200);
  forgetful.Advance(4);
  EXPECT_EQ(RunSearch(&forgetful, &evaluator, &random, 200).visits, 200U);
}

TEST(Mcts, MemoryBoundsEndTheSearch) {
  const NoughtsEnvironment game;
  UniformEvaluator evaluator;
  SearchOptions options = PlainPuct();
  options.tree_memory_bytes = 20'000;
  Mcts mcts(game, options);
  mcts.SetRoot(**game.NewState({}));
  RandomStream random(1);
  const SearchResult result = RunSearch(&mcts, &evaluator, &random, 100'000);
  EXPECT_LT(result.visits, 1000U);
  EXPECT_GT(result.visits, 20U);
  EXPECT_EQ(RunSearch(&mcts, &evaluator, &random, 100'000).visits, result.visits);
}

TEST(Mcts, StoredStatesChangeNothingButSpeed) {
  const NoughtsEnvironment game;
  UniformEvaluator evaluator(2, 5);
  SearchOptions options = PlainPuct();
  const SearchResult replayed = SearchStart(game, &evaluator, options, 300);
  options.stored_states = 100;
  const SearchResult stored = SearchStart(game, &evaluator, options, 300);
  EXPECT_EQ(Visits(replayed), Visits(stored));
  EXPECT_EQ(replayed.root_value, stored.root_value);
}

// Drives a search by hand and checks the protocol.
TEST(Mcts, SeveralPendingLeavesAreDistinctAndTheBudgetIsExact) {
  const NoughtsEnvironment game;
  UniformEvaluator evaluator(1, 5);
  for (const std::string root : {"puct", "gumbel"}) {
    for (int max_pending : {2, 8, 64}) {
      SearchOptions options = root == "puct" ? PlainPuct() : PlainGumbel();
      options.max_pending = max_pending;
      Mcts mcts(game, options);
      mcts.SetRoot(**game.NewState({}));
      RandomStream random(1);
      mcts.Begin(&random, 150);
      std::size_t widest = 0;
      while (!mcts.done()) {
        std::vector<EvaluationRequest> requests;
        mcts.CollectRequests(&requests);
        ASSERT_TRUE(!requests.empty() || mcts.done());
        ASSERT_LE(requests.size(), static_cast<std::size_t>(max_pending));
        widest = std::max(widest, requests.size());
        std::set<const env::State*> states;
        for (const auto& request : requests) states.insert(request.state);
        ASSERT_EQ(states.size(), requests.size());
        std::vector<Evaluation> evaluations(requests.size());
        evaluator.Evaluate(requests, evaluations);
        mcts.Provide(evaluations);
      }
      EXPECT_GT(widest, 1U);
      const SearchResult result = mcts.result();
      EXPECT_EQ(result.visits, 150U);
      int sum = 0;
      for (int visits : Visits(result)) sum += visits;
      EXPECT_EQ(sum, 150);
    }
  }
}

// While a is out for evaluation it counts as lost: 0-1+... so the second request is b.
TEST(Mcts, VirtualLossSpreadsPendingLeaves) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.9}, {"b", 0.1}})},
                               {"a", Second(0.5F, {{"a", 1}})},
                               {"b", Second(0.5F, {{"b", 1}})}});
  SearchOptions options = PlainPuct();
  options.max_pending = 2;
  Mcts mcts(game, options);
  mcts.SetRoot(**game.NewState({}));
  RandomStream random(1);
  TableEvaluator evaluator;
  RunSearch(&mcts, &evaluator, &random, 2);
  EXPECT_THAT(evaluator.asked, ElementsAre("root", "a", "b"));
}

TEST(Mcts, ASearchMayEndWithoutAskingForAnything) {
  const TableEnvironment game({{"root", First(0, {{"a", 1}})},
                               {"a", Second(0, {{"b", 0.5}, {"c", 0.5}})},
                               {"b", End(1)},
                               {"c", End(-1)}});
  TableEvaluator evaluator;
  Mcts mcts(game, Proving());
  mcts.SetRoot(**game.NewState({}));
  RandomStream random(1);
  EXPECT_EQ(RunSearch(&mcts, &evaluator, &random, 100).proof, Proof::kLoss);
  mcts.Advance(0);
  evaluator.asked.clear();
  mcts.Begin(&random, 100);
  EXPECT_TRUE(mcts.done());  // The reused root is solved.
  EXPECT_EQ(mcts.result().best, 1);
}

TEST(Mcts, RootEvaluationGivesPriorsWithoutASearch) {
  const TableEnvironment game(
      {{"root", First(0.25F, {{"a", 0.7}, {"b", 0.3}})}, {"a", End(0)}, {"b", End(0)}});
  TableEvaluator evaluator;
  for (const std::string root : {"puct", "gumbel"}) {
    Mcts mcts(game, Proving(root));
    mcts.SetRoot(**game.NewState({}));
    mcts.BeginRootEvaluation();
    std::vector<EvaluationRequest> requests;
    mcts.CollectRequests(&requests);
    ASSERT_EQ(requests.size(), 1U);
    std::vector<Evaluation> evaluations(1);
    evaluator.Evaluate(requests, evaluations);
    mcts.Provide(evaluations);
    EXPECT_TRUE(mcts.done());
    EXPECT_FLOAT_EQ(mcts.result().actions[0].prior, 0.7F);
    EXPECT_FLOAT_EQ(mcts.result().root_value, 0.25F);
    EXPECT_EQ(mcts.result().best, 0);
  }
}

TEST(Mcts, PrincipalVariationsFollowTheMostVisited) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.6}, {"b", 0.4}})},
                               {"a", Second(0.4F, {{"x", 0.7}, {"y", 0.3}})},
                               {"x", End(-0.6F)},
                               {"y", End(0.8F)},
                               {"b", End(0)}});
  TableEvaluator evaluator;
  Mcts mcts(game, PlainPuct());
  mcts.SetRoot(**game.NewState({}));
  RandomStream random(1);
  RunSearch(&mcts, &evaluator, &random, 4);
  EXPECT_THAT(mcts.result(true).actions[0].principal_variation, ElementsAre(0, 0));
  EXPECT_THAT(mcts.result(true).actions[1].principal_variation, ElementsAre(1));
}

}  // namespace
}  // namespace tesuji::search
