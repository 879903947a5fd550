#include "env/tictactoe/tictactoe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace tesuji::env {
namespace {

std::unique_ptr<State> Play(std::string_view cells) {
  static const auto environment = MakeTicTacToe();
  return environment->FromArtifact(cells).value();
}

// What perfect play leads to, and how many games there are; the state space is small enough to
// walk all of it.
struct Solution {
  float value;
  long games;
};

Solution Solve(const State& state, std::set<Key128>* positions) {
  positions->insert(state.Fingerprint());
  if (state.phase() == Phase::kScored) return {state.Value(), 1};
  const bool first = state.to_play() == Player::kFirst;
  Solution best{.value = first ? -1.0F : 1.0F, .games = 0};
  std::vector<Action> legal;
  state.LegalActions(&legal);
  for (const Action action : legal) {
    const auto next = state.Clone();
    next->Apply(action);
    const Solution solution = Solve(*next, positions);
    best.games += solution.games;
    best.value =
        first ? std::max(best.value, solution.value) : std::min(best.value, solution.value);
  }
  return best;
}

TEST(TicTacToe, HasTheKnownGamesAndPositionsAndIsADraw) {
  std::set<Key128> positions;
  const Solution solution = Solve(*Play(""), &positions);
  EXPECT_EQ(solution.value, 0);
  EXPECT_EQ(solution.games, 255168);
  EXPECT_EQ(positions.size(), 5478U);
}

TEST(TicTacToe, EndsWithALine) {
  EXPECT_EQ(Play("14253")->Value(), 1);
  EXPECT_EQ(Play("14253")->Termination(), "line");
  EXPECT_EQ(Play("174859")->Value(), -1);
  EXPECT_EQ(Play("123546879")->Value(), 0);
  EXPECT_EQ(Play("123546879")->Termination(), "full");
}

TEST(TicTacToe, EncodesFromTheMoversSide) {
  std::vector<float> planes(18);
  Play("1")->Encode(planes);
  EXPECT_EQ(planes[0], 0) << "the mover has no stones yet";
  EXPECT_EQ(planes[9], 1);
  Play("15")->Encode(planes);
  EXPECT_EQ(planes[0], 1);
  EXPECT_EQ(planes[9 + 4], 1);
}

TEST(TicTacToe, RefusesImpossibleRecords) {
  const auto environment = MakeTicTacToe();
  EXPECT_FALSE(environment->FromArtifact("11").has_value());
  EXPECT_FALSE(environment->FromArtifact("1x").has_value());
  EXPECT_FALSE(environment->FromArtifact("0").has_value());
  EXPECT_FALSE(environment->FromArtifact("142536").has_value()) << "a move after the end";
}

TEST(TicTacToe, ShowsThePosition) {
  EXPECT_EQ(Play("15")->ToText(), "X . .\n. O .\n. . .\n");
  EXPECT_EQ(Play("")->ActionToText(0), "a3");
}

}  // namespace
}  // namespace tesuji::env
