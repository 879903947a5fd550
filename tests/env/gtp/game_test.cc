#include "env/go/gtp/game.h"

#include <gtest/gtest.h>

#include "env/go/gtp/scoring.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::Legality;

// Rows from top to bottom; X Black, O White.
class GameTest : public testing::Test {
 protected:
  Game Make(const std::vector<std::string>& rows, float komi = 0.5F) {
    const int height = static_cast<int>(rows.size());
    const int width = static_cast<int>(rows[0].size());
    Game game(*env::go::GoEnvironment::Make({.rules = {.width = width, .height = height}}));
    env::go::Start start{.komi = komi};
    for (int cell = 0; cell < width * height; ++cell) {
      const char c = rows[cell / width][cell % width];
      if (c == 'X') start.black.push_back(cell);
      if (c == 'O') start.white.push_back(cell);
    }
    EXPECT_TRUE(game.Reset(start));
    return game;
  }
};

TEST_F(GameTest, ChangesItsEpochWithEverythingButMovesInTurn) {
  Game game = Make({"...", "...", "..."});
  const auto epoch = game.epoch();
  game.Play(0, Color::kBlack);
  game.Play(1, Color::kWhite);
  EXPECT_EQ(game.epoch(), epoch);
  game.Play(5, Color::kWhite);
  EXPECT_NE(game.epoch(), epoch);
  const auto later = game.epoch();
  game.Undo();
  EXPECT_NE(game.epoch(), later);
}

TEST_F(GameTest, UndoBringsBackWhatWasCaptured) {
  Game game = Make({"XO.", "...", "..."});
  game.Play(3, Color::kWhite);
  EXPECT_EQ(game.captures(Color::kWhite), 1);
  EXPECT_EQ(game.state().at(0), Color::kEmpty);
  ASSERT_TRUE(game.Undo());
  EXPECT_EQ(game.captures(Color::kWhite), 0);
  EXPECT_EQ(game.state().at(0), Color::kBlack);
  EXPECT_FALSE(game.Undo());
}

TEST_F(GameTest, GivesAnOngoingPositionForEitherColor) {
  Game game = Make({"...", ".X.", "..."});
  game.Play(9, Color::kBlack);
  game.Play(9, Color::kWhite);
  ASSERT_TRUE(game.over());
  for (const Color color : {Color::kBlack, Color::kWhite}) {
    const auto state = game.StateFor(color);
    EXPECT_EQ(state->phase(), env::Phase::kOngoing);
    EXPECT_EQ(state->color_to_play(), color);
    EXPECT_EQ(state->at(4), Color::kBlack);
  }
}

TEST_F(GameTest, ScoresWithoutDeadStones) {
  const Game game = Make({".X.O.",  //
                          ".XOO.",  //
                          "OX.O.",  //
                          ".X.OX"});
  const env::Action dead[] = {10, 19};
  // Black: 4 stones and 4 points; White: 5 stones and 4 points.
  EXPECT_EQ(ScoreWithout(game.state(), dead), 8 - 9 - 0.5F);
}

TEST_F(GameTest, PassWinsOnlyAfterTheOpponentsPassAndAhead) {
  Game game = Make({"X..", "...", "..."}, 0.5F);
  EXPECT_FALSE(PassWins(game.state(), Color::kBlack));
  game.Play(8, Color::kBlack);
  game.Play(9, Color::kWhite);
  EXPECT_TRUE(PassWins(game.state(), Color::kBlack));
  EXPECT_FALSE(PassWins(game.state(), Color::kWhite));
  game.SetKomi(20);
  EXPECT_FALSE(PassWins(game.state(), Color::kBlack));
}

}  // namespace
}  // namespace tesuji::gtp
