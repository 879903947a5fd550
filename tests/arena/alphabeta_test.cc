// The alpha-beta player against facts: tic-tac-toe is a draw, and small Connect Four endings.
#include <gtest/gtest.h>

#include "arena/match.h"
#include "env/connect4/connect4.h"
#include "env/tictactoe/tictactoe.h"

namespace tesuji::arena {
namespace {

MatchReport PlayDepths(const env::Environment& environment, const Contestant& a,
                       const Contestant& b, bool swap) {
  MatchOptions options;
  options.games = 20;
  options.opening.actions = 0;
  options.swap_colours = swap;
  auto report = PlayMatch(environment, a, b, options);
  EXPECT_TRUE(report) << report.error().message;
  return *report;
}

TEST(AlphaBeta, DrawsTicTacToeAgainstItselfAndNeverLosesToChance) {
  const auto environment = env::MakeTicTacToe();
  const auto report =
      PlayDepths(*environment, AlphaBetaContestant("a", 9), AlphaBetaContestant("b", 9),
                 /*swap=*/true);
  EXPECT_EQ(report.draws, 20);
  const auto chance =
      PlayDepths(*environment, AlphaBetaContestant("a", 9), RandomContestant(), true);
  EXPECT_EQ(chance.losses, 0);
  EXPECT_GT(chance.wins, 10);
}

TEST(AlphaBeta, GamesWithoutSwapAllBeginWithTheSameSide) {
  const auto environment = env::MakeTicTacToe();
  for (const auto& game :
       PlayDepths(*environment, AlphaBetaContestant("a", 3), RandomContestant(), false).games) {
    EXPECT_EQ(game.first, 0);
  }
}

env::Action MoveAfter(const std::string& record, int depth) {
  const auto environment = env::ConnectFourFactory().make(Json::object()).value();
  const auto state = environment->FromArtifact(record).value();
  const auto player = MakeAlphaBetaPlayer(depth);
  EXPECT_TRUE(player->NewGame(*state, RandomStream(1)));
  player->BeginMove(*state);
  return player->Poll()->value().action + 1;
}

TEST(AlphaBeta, TakesWinsAndStopsThreatsInConnectFour) {
  EXPECT_EQ(MoveAfter("1 2 1 2 1 2", 1), 1);  // Four in column 1.
  EXPECT_EQ(MoveAfter("1 2 1 2 1", 2), 1);    // Must stop it.
  // X has 3 and 4 on the ground: 5 (or 2) makes an open three, seen five plies ahead.
  const env::Action open = MoveAfter("3 3 4 4", 5);
  EXPECT_TRUE(open == 2 || open == 5) << open;
}

}  // namespace
}  // namespace tesuji::arena
