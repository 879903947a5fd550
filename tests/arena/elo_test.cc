#include "arena/elo.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "core/random.h"

namespace tesuji::arena {
namespace {

// The definition: 400 points are odds of ten to one.
double ExpectedScore(double elo_difference) {
  return 1 / (1 + std::pow(10, -elo_difference / 400));
}

EloOptions WithoutPrior() { return {.prior_draws = 0}; }

const Rating& Find(const std::vector<Rating>& ratings, const std::string& name) {
  for (const Rating& rating : ratings) {
    if (rating.player == name) return rating;
  }
  ADD_FAILURE() << name << " is not rated";
  return ratings.front();
}

// 400 log10(0.75 / 0.25) = 190.848501887865; the standard error of a share of 0.75 in 100 games
// is 173.7178 / sqrt(100 * 0.75 * 0.25) = 40.1184 Elo, times 1.959964 = 78.6306.
TEST(Elo, AgreesWithTheFormulaForTwoPlayers) {
  const auto ratings = EstimateElo({{"b", "a", 25, 0, 75}}, WithoutPrior());
  ASSERT_TRUE(ratings);
  EXPECT_EQ(Find(*ratings, "b").elo, 0);
  EXPECT_EQ(Find(*ratings, "b").error, 0);
  EXPECT_NEAR(Find(*ratings, "a").elo, 190.848501887865, 1e-6);
  EXPECT_NEAR(Find(*ratings, "a").error, 78.6306, 1e-3);
}

TEST(Elo, CountsADrawAsHalfAWin) {
  const auto wins = EstimateElo({{"a", "b", 10, 0, 6}}, WithoutPrior());
  const auto draws = EstimateElo({{"a", "b", 8, 4, 4}}, WithoutPrior());
  EXPECT_NEAR((*wins)[1].elo, (*draws)[1].elo, 1e-9);
  EXPECT_EQ((*draws)[0].draws, 4);
  EXPECT_EQ((*draws)[1].wins, 4);
  EXPECT_EQ((*draws)[1].score(), 6);
}

TEST(Elo, AddsUpALadder) {
  const auto ratings = EstimateElo({{"a", "b", 10, 0, 30}, {"b", "c", 10, 0, 30}}, WithoutPrior());
  const double step = 400 * std::log10(3.0);
  EXPECT_NEAR(Find(*ratings, "b").elo, step, 1e-6);
  EXPECT_NEAR(Find(*ratings, "c").elo, 2 * step, 1e-6);
  // Independent links: variances add up.
  EXPECT_NEAR(Find(*ratings, "c").error, std::sqrt(2.0) * Find(*ratings, "b").error, 1e-6);
}

TEST(Elo, JoinsResultsOfOnePairInEitherDirection) {
  const auto split = EstimateElo({{"a", "b", 3, 1, 2}, {"b", "a", 4, 0, 1}});
  const auto joined = EstimateElo({{"a", "b", 4, 1, 6}});
  EXPECT_NEAR((*split)[1].elo, (*joined)[1].elo, 1e-9);
  EXPECT_EQ((*split)[0].games, 11);
}

// Ten wins and the prior's 2 + 2 imaginary draws are 12 points of 14: 400 log10(6).
TEST(Elo, KeepsAPerfectScoreFinite) {
  const auto ratings = EstimateElo({{"a", "b", 0, 0, 10}});
  EXPECT_NEAR((*ratings)[1].elo, 400 * std::log10(6.0), 1e-6);
  EXPECT_GT((*ratings)[1].error, 100);
}

TEST(Elo, RefusesAPerfectScoreWithoutPrior) {
  EXPECT_FALSE(EstimateElo({{"a", "b", 0, 0, 10}}, WithoutPrior()));
  // A cycle is not perfect: everybody lost to somebody.
  EXPECT_TRUE(
      EstimateElo({{"a", "b", 1, 0, 0}, {"b", "c", 1, 0, 0}, {"c", "a", 1, 0, 0}}, WithoutPrior()));
}

TEST(Elo, PutsTheAnchorWhereItIsTold) {
  EloOptions options = WithoutPrior();
  options.anchor = "b";
  options.anchor_elo = 1500;
  const auto ratings = EstimateElo({{"a", "b", 75, 0, 25}, {"a", "c", 50, 0, 50}}, options);
  EXPECT_EQ(Find(*ratings, "b").elo, 1500);
  EXPECT_NEAR(Find(*ratings, "a").elo, 1690.8485, 1e-3);
  EXPECT_NEAR(Find(*ratings, "c").elo, 1690.8485, 1e-3);
  options.anchor = "nobody";
  EXPECT_FALSE(EstimateElo({{"a", "b", 1, 0, 1}}, options));
}

TEST(Elo, SaysWhoCannotBeComparedWithTheAnchor) {
  const auto ratings = EstimateElo(
      {{"a", "b", 1, 0, 1}, {"x", "y", 25, 0, 75}, {"z", "a", 0, 0, 0}}, WithoutPrior());
  ASSERT_TRUE(ratings);
  EXPECT_TRUE(Find(*ratings, "b").connected);
  for (const char* name : {"x", "y", "z"}) {
    EXPECT_FALSE(Find(*ratings, name).connected) << name;
    EXPECT_TRUE(std::isinf(Find(*ratings, name).error)) << name;
  }
  EXPECT_NEAR(Find(*ratings, "y").elo - Find(*ratings, "x").elo, 190.8485, 1e-3);
  EXPECT_NEAR(Find(*ratings, "y").elo + Find(*ratings, "x").elo, 0, 1e-6);
}

TEST(Elo, RefusesNonsense) {
  EXPECT_FALSE(EstimateElo({{"a", "a", 1, 0, 1}}));
  EXPECT_FALSE(EstimateElo({{"a", "b", -1, 0, 1}}));
  EXPECT_FALSE(EstimateElo({{"a", "b", std::nan(""), 0, 1}}));
  EXPECT_TRUE(EstimateElo({})->empty());
}

TEST(Elo, DoesNotSqueezeALongLadder) {
  // Fifty players, each 100 Elo above the one before, results as expected.
  std::vector<PairResult> results;
  const double p = ExpectedScore(100);
  for (int i = 1; i < 50; ++i) {
    results.push_back(
        {fmt::format("p{}", i), fmt::format("p{}", i - 1), 400 * p, 0, 400 - 400 * p});
  }
  const auto ratings = EstimateElo(results, {.anchor = "p0"});
  ASSERT_TRUE(ratings);
  EXPECT_NEAR(Find(*ratings, "p49").elo, 4900, 50);
}

// Simulated tournaments: the true rating lies within the 95 % bar about 95 times in 100.
TEST(Elo, CoversTheTruthInSimulatedTournaments) {
  const std::vector<double> truth{0, 80, 150, 400, -200};
  RandomStream random({20260101, 1});
  int inside = 0;
  int all = 0;
  for (int tournament = 0; tournament < 200; ++tournament) {
    std::vector<PairResult> results;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      for (std::size_t j = i + 1; j < truth.size(); ++j) {
        PairResult result{std::to_string(i), std::to_string(j)};
        for (int game = 0; game < 60; ++game) {
          if (random.Chance(ExpectedScore(truth[i] - truth[j]))) {
            ++result.wins;
          } else {
            ++result.losses;
          }
        }
        results.push_back(result);
      }
    }
    const auto ratings = EstimateElo(results);
    ASSERT_TRUE(ratings);
    for (std::size_t i = 1; i < truth.size(); ++i) {
      const Rating& rating = Find(*ratings, std::to_string(i));
      ++all;
      if (std::abs(rating.elo - truth[i]) <= rating.error) ++inside;
    }
  }
  EXPECT_GT(inside, all * 0.92);
  EXPECT_LT(inside, all * 0.98);
}

TEST(Elo, ConvergesOnExtremeResults) {
  const auto ratings =
      EstimateElo({{"a", "b", 0, 0, 1e6}, {"b", "c", 1e6, 0, 0}, {"c", "a", 1, 0, 0}});
  ASSERT_TRUE(ratings);
  for (const Rating& rating : *ratings) EXPECT_TRUE(std::isfinite(rating.elo));
  EXPECT_GT((*ratings)[1].elo, 1500);
}

}  // namespace
}  // namespace tesuji::arena
