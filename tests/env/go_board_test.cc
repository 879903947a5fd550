#include <gtest/gtest.h>

#include "env/go/board.h"
#include "tests/env/go_testing.h"

namespace tesuji::env::go {
namespace {

TEST(GoBoard, CapturesAChainWithoutLiberties) {
  Game game(R"(
    . X X .
    X O O .
    . X X .
    . . . .)");
  game.Play("D3");
  EXPECT_EQ(game.Drawn(), R"(
. X X .
X . . X
. X X .
. . . .
)");
  EXPECT_EQ(game->captures(Color::kBlack), 2);
  EXPECT_EQ(game->captures(Color::kWhite), 0);
}

TEST(GoBoard, CapturesSeveralChainsWithOneStone) {
  Game game(R"(
    . O X . .
    O . O X .
    X O X . .
    . X . . .
    . . . . .)");
  game.Play("B4");
  EXPECT_EQ(game->captures(Color::kBlack), 2) << "C4 and B3";
  game.Play("pass A5");
  EXPECT_EQ(game.Drawn(), R"(
X . X . .
. X . X .
X . X . .
. X . . .
. . . . .
)");
  EXPECT_EQ(game->captures(Color::kBlack), 4);
}

TEST(GoBoard, CapturesBeforeItLooksAtItsOwnLiberties) {
  Game game(R"(
    . O X .
    O X X .
    X X . .
    . . . .)");
  // A4 has no liberty of its own, but takes both white stones.
  EXPECT_EQ(game.Check("A4"), Legality::kLegal);
  game.Play("A4");
  EXPECT_EQ(game.Drawn(), R"(
X . X .
. X X .
X X . .
. . . .
)");
}

TEST(GoBoard, CountsLibertiesOnceEach) {
  Game game(R"(
    X X . .
    X . . .
    . . O .
    . . . .)");
  const Board& board = game->board();
  EXPECT_EQ(board.Liberties(game.At("A4"), 8), 3);
  EXPECT_EQ(board.Liberties(game.At("A4"), 2), 2);
  EXPECT_EQ(board.Liberties(game.At("C2"), 8), 4);
  EXPECT_EQ(board.ChainSize(game.At("B4")), 3);
}

TEST(GoBoard, TellsAtariThoughALibertyTouchesManyStones) {
  Game game(R"(
    X X O
    X . O
    X X O)");
  // B2 counts three times for Black's chain, once for White's.
  EXPECT_EQ(game->board().Liberties(game.At("A1"), 8), 1);
  EXPECT_EQ(game->board().Liberties(game.At("C1"), 8), 1);
  EXPECT_FALSE(game->board().IsSuicide(game.At("B2"), Color::kWhite));
}

TEST(GoBoard, TellsSuicideFromCapture) {
  Game game(R"(
    . X . O .
    X . X O O
    . X . . .
    . . . . .
    . . . . .)");
  EXPECT_TRUE(game->board().IsSuicide(game.At("A5"), Color::kWhite));
  EXPECT_TRUE(game->board().IsSuicide(game.At("B4"), Color::kWhite));
  EXPECT_FALSE(game->board().IsSuicide(game.At("B4"), Color::kBlack));
  EXPECT_FALSE(game->board().IsSuicide(game.At("C5"), Color::kWhite));
  EXPECT_TRUE(game->board().IsSuicide(game.At("E5"), Color::kBlack));
}

TEST(GoBoard, ScoresAreaAndLeavesSharedRegionsToNobody) {
  Game game(R"(
    . X . O .
    . X . O .
    X X . O O
    . . X O .
    X X X O .)");
  // Black: 8 stones, A5 A4, A2 B2. White: 6 stones, E5 E4, E2 E1. Neither: C5 C4 C3.
  EXPECT_EQ(game->board().AreaScore(), 12 - 10);
  std::vector<std::int8_t> area(25);
  game->board().Area(area);
  EXPECT_EQ(area[game.At("A5")], 1);
  EXPECT_EQ(area[game.At("C4")], 0);
  EXPECT_EQ(area[game.At("E1")], -1);
}

TEST(GoBoard, EmptyBoardBelongsToNobody) {
  Game game(". . .\n. . .");
  EXPECT_EQ(game->board().AreaScore(), 0);
}

TEST(GoBoard, KeyDependsOnStonesAlone) {
  Game one(". . .\n. . .\n. . .");
  Game other(". . .\n. . .\n. . .");
  one.Play("A1 B2 C3");
  other.Play("C3 B2 A1");
  EXPECT_EQ(one->board().key(), other->board().key());
  EXPECT_NE(one->Fingerprint(), other->Fingerprint()) << "the last moves are seen by the network";
}

TEST(GoBoard, KeyReturnsToItsValueAfterACapture) {
  Game game(R"(
    . O .
    O . O
    . . .)");
  const Key128 before = game->board().key();
  game.Play("B2 B1");
  EXPECT_EQ(game.Drawn(), "\n. O .\nO . O\n. O .\n");
  EXPECT_EQ(game->board().key() ^ game->board().geometry().stone_key(game.At("B1"), Color::kWhite),
            before);
}

}  // namespace
}  // namespace tesuji::env::go
