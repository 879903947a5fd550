#include "env/go/go_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/env/go_testing.h"

namespace tesuji::env::go {
namespace {

constexpr std::string_view kKo = R"(
    . X O .
    X O . O
    . X O .
    . . . .)";

Rules With(KoRule ko, bool suicide = false) {
  Rules rules;
  rules.ko = ko;
  rules.suicide = suicide;
  return rules;
}

class GoKo : public testing::TestWithParam<KoRule> {};

TEST_P(GoKo, ForbidsTheImmediateRecapture) {
  Game game(kKo, Color::kBlack, With(GetParam()));
  game.Play("C3");
  EXPECT_EQ(game.Check("B3"), Legality::kKo);
  game.Play("D1 A1");
  EXPECT_EQ(game.Check("B3"), Legality::kLegal) << "after a threat elsewhere";
}

TEST_P(GoKo, LeavesTheKoToItsOwner) {
  Game game(kKo, Color::kBlack, With(GetParam()));
  game.Play("C3");
  EXPECT_EQ(game->Check(game.At("B3"), Color::kBlack), Legality::kLegal);
}

TEST_P(GoKo, AllowsTakingBackTwoStones) {
  // Black takes two at once; White takes one of the takers back: not a repetition.
  Game game(R"(
    . X X O .
    X O . X O
    . X X O .
    . . . . .)",
            Color::kWhite, With(GetParam()));
  game.Play("C3");
  EXPECT_EQ(game.Drawn(), R"(
. X X O .
X O O . O
. X X O .
. . . . .
)");
  game.Play("D3");
  EXPECT_EQ(game.Drawn(), R"(
. X X O .
X . . X O
. X X O .
. . . . .
)");
  EXPECT_EQ(game.Check("C3"), Legality::kLegal) << "takes D3, and the board is a new one";
}

INSTANTIATE_TEST_SUITE_P(
    AllRules, GoKo, testing::Values(KoRule::kPositional, KoRule::kSituational, KoRule::kSimple),
    [](const auto& parameters) { return std::string(KoRuleName(parameters.param)); });

// White adds a stone, Black takes both, White takes the taker: after these three moves the board is
// as it was, but it is the other player's turn.
constexpr std::string_view kSendTwoReturnOne = R"(
    . O . O
    X X O .
    . X O .
    . . . .)";

Legality CheckReturn(KoRule rule) {
  Game game(kSendTwoReturnOne, Color::kWhite, With(rule));
  game.Play("A4 C4");
  EXPECT_EQ(game->captures(Color::kBlack), 2);
  return game.Check("B4");
}

TEST(GoSuperko, PositionalForbidsTheSameBoardWhoeverIsToPlay) {
  EXPECT_EQ(CheckReturn(KoRule::kPositional), Legality::kSuperko);
}

TEST(GoSuperko, SituationalAllowsTheSameBoardWithTheOtherPlayerToPlay) {
  EXPECT_EQ(CheckReturn(KoRule::kSituational), Legality::kLegal);
}

TEST(GoSuperko, SimpleKoLooksAtSingleStonesOnly) {
  EXPECT_EQ(CheckReturn(KoRule::kSimple), Legality::kLegal);
}

TEST(GoSuperko, APassMakesASituationToo) {
  Game game(kKo, Color::kWhite, With(KoRule::kSituational));
  game.Play("pass C3");
  EXPECT_EQ(game.Check("B3"), Legality::kKo) << "the start with Black to play, as after the pass";
}

TEST(GoSuperko, ForbidsTripleKoButSimpleKoDoesNot) {
  // White holds the left and the middle ko, Black the right one.
  constexpr std::string_view kTripleKo = R"(
    . X O . . X O . . X O .
    X O . O X O . O X . X O
    . X O . . X O . . X O .
    . . . . . . . . . . . .)";
  const auto check = [&](KoRule rule) {
    Game game(kTripleKo, Color::kBlack, With(rule));
    game.Play("C3 K3 G3 B3 L3");
    return game.Check("F3");  // The sixth capture brings the start back.
  };
  EXPECT_EQ(check(KoRule::kPositional), Legality::kSuperko);
  EXPECT_EQ(check(KoRule::kSituational), Legality::kSuperko);
  EXPECT_EQ(check(KoRule::kSimple), Legality::kLegal);
}

TEST(GoSuicide, IsForbiddenByDefault) {
  Game game(R"(
    . X .
    X . .
    . . .)",
            Color::kWhite);
  EXPECT_EQ(game.Check("A3"), Legality::kSuicide);
}

TEST(GoSuicide, TakesTheWholeChainWhenAllowed) {
  Game game(R"(
    . O X .
    X X . .
    . . . .)",
            Color::kWhite, With(KoRule::kPositional, true));
  game.Play("A3");
  EXPECT_EQ(game.Drawn(), R"(
. . X .
X X . .
. . . .
)");
  EXPECT_EQ(game->captures(Color::kBlack), 2);
}

TEST(GoSuicide, OfOneStoneRepeatsThePosition) {
  constexpr std::string_view kEye = R"(
    . X .
    X . .
    . . .)";
  EXPECT_EQ(Game(kEye, Color::kWhite, With(KoRule::kPositional, true)).Check("A3"),
            Legality::kSuperko);
  EXPECT_EQ(Game(kEye, Color::kWhite, With(KoRule::kSimple, true)).Check("A3"), Legality::kSuperko);
  Game situational(kEye, Color::kWhite, With(KoRule::kSituational, true));
  EXPECT_EQ(situational.Check("A3"), Legality::kLegal) << "the other player is to move then";
  situational.Play("A3 pass");
  EXPECT_EQ(situational.Check("A3"), Legality::kSuperko) << "the second time it repeats";
}

TEST(GoState, EndsAfterTwoPasses) {
  Game game(". .\n. .");
  game.Play("pass A1 pass");
  EXPECT_EQ(game->phase(), Phase::kOngoing) << "the passes were not in a row";
  game.Play("pass");
  EXPECT_EQ(game->phase(), Phase::kScored);
  EXPECT_EQ(game->Termination(), "two-passes");
  EXPECT_EQ(game.Check("B2"), Legality::kGameOver);
}

TEST(GoState, EndsAtTheMoveLimit) {
  Rules rules;
  rules.move_limit = 3;
  Game game(". . .\n. . .\n. . .", Color::kBlack, rules);
  game.Play("A1 B2");
  EXPECT_EQ(game->phase(), Phase::kOngoing);
  game.Play("C3");
  EXPECT_EQ(game->phase(), Phase::kScored);
  EXPECT_EQ(game->Termination(), "move-limit");
}

TEST(GoState, ValueIsTheSignOfTheScoreWithKomi) {
  const auto value = [](float komi) {
    Game game(". X .\n. X .\n. X .", Color::kWhite, {}, komi);
    game.Play("pass pass");
    EXPECT_EQ(game->Targets().score, 9 - komi);
    return game->Value();
  };
  EXPECT_EQ(value(8.5F), 1.0F);
  EXPECT_EQ(value(9), 0.0F);
  EXPECT_EQ(value(9.5F), -1.0F);
}

TEST(GoState, OwnershipIsTheArea) {
  Game game(". X O .\n. X O .");
  game.Play("pass pass");
  EXPECT_THAT(game->Targets().ownership, testing::ElementsAre(1, 1, -1, -1, 1, 1, -1, -1));
}

TEST(GoState, PlaysOutOfTurnWithoutInventingPasses) {
  Game game(". . .\n. . .\n. . .");
  game->Play(game.At("A1"), Color::kBlack);
  EXPECT_TRUE(game->alternates());
  game->Play(game.At("B1"), Color::kBlack);
  EXPECT_FALSE(game->alternates());
  EXPECT_EQ(game->moves().size(), 2U);
  EXPECT_EQ(game->color_to_play(), Color::kWhite);
}

TEST(GoState, FingerprintsDifferByKomiPlayerAndKo) {
  Game usual(kKo);
  EXPECT_NE(usual->Fingerprint(), Game(kKo, Color::kWhite)->Fingerprint());
  EXPECT_NE(usual->Fingerprint(), Game(kKo, Color::kBlack, {}, 0.5F)->Fingerprint());
  EXPECT_EQ(usual->Fingerprint(), Game(kKo)->Fingerprint());
}

TEST(GoState, ShowsThePositionToPeople) {
  Game game(". . .\n. . .", Color::kBlack, {}, 1.5F);
  game.Play("B1");
  EXPECT_EQ(game->ToText(),
            "    A B C\n"
            "  2 . . . 2\n"
            "  1 .(X). 1\n"
            "    A B C\n"
            "move 1, captures X 0 O 0, komi 1.5, O to play\n");
}

class GoEncoding : public testing::Test {
 protected:
  // Plane `name` as ASCII: the digit where a cell is 1, "-" for -1, "." for 0.
  static std::string Plane(Game* game, std::string_view name) {
    const auto names = ObservationPlaneNames();
    const auto index = std::find(names.begin(), names.end(), name) - names.begin();
    std::vector<float> all(game->environment().spec().observation.size());
    (*game)->Encode(all);
    const int cells = (*game)->board().cells();
    const int width = (*game)->rules().width;
    std::string text = "\n";
    for (int cell = 0; cell < cells; ++cell) {
      const float value = all[index * cells + cell];
      text += value == 1 ? '1' : value == -1 ? '-' : value == 0 ? '.' : '?';
      text += (cell + 1) % width == 0 ? '\n' : ' ';
    }
    return text;
  }
};

TEST_F(GoEncoding, SeesStonesFromTheMoversSide) {
  Game black("X . .\n. O O", Color::kBlack);
  EXPECT_EQ(Plane(&black, "own stones"), "\n1 . .\n. . .\n");
  EXPECT_EQ(Plane(&black, "opponent's stones"), "\n. . .\n. 1 1\n");
  Game white("X . .\n. O O", Color::kWhite);
  EXPECT_EQ(Plane(&white, "own stones"), "\n. . .\n. 1 1\n");
}

TEST_F(GoEncoding, SortsChainsByLiberties) {
  Game game(R"(
    X O . .
    . . O .
    X . O .
    X . . .)");
  EXPECT_EQ(Plane(&game, "chains with 1 liberty"), "\n1 . . .\n. . . .\n. . . .\n. . . .\n");
  EXPECT_EQ(Plane(&game, "chains with 2 liberties"), "\n. 1 . .\n. . . .\n. . . .\n. . . .\n");
  EXPECT_EQ(Plane(&game, "chains with 3 liberties"), "\n. . . .\n. . . .\n1 . . .\n1 . . .\n");
}

TEST_F(GoEncoding, MarksWhatKoForbids) {
  Game game(kKo);
  EXPECT_EQ(Plane(&game, "forbidden by ko"), "\n. . . .\n. . . .\n. . . .\n. . . .\n");
  game.Play("C3");
  EXPECT_EQ(Plane(&game, "forbidden by ko"), "\n. . . .\n. 1 . .\n. . . .\n. . . .\n");
}

TEST_F(GoEncoding, RemembersTheLastMoves) {
  Game game(". . .\n. . .");
  game.Play("A1 pass C2");
  EXPECT_EQ(Plane(&game, "last move"), "\n. . 1\n. . .\n");
  EXPECT_EQ(Plane(&game, "move before it"), "\n. . .\n. . .\n");
  EXPECT_EQ(Plane(&game, "3rd last move"), "\n. . .\n1 . .\n");
}

TEST_F(GoEncoding, TellsThatAPassEndsTheGameAndWhoWins) {
  Game game("X .\n. .", Color::kWhite, {}, 0.5F);
  EXPECT_EQ(Plane(&game, "1 if a pass ends the game"), "\n. .\n. .\n");
  game.Play("pass");
  EXPECT_EQ(Plane(&game, "1 if a pass ends the game"), "\n1 1\n1 1\n");
  EXPECT_EQ(Plane(&game, "if a pass ends the game: +1 it wins, -1 it loses"), "\n1 1\n1 1\n");
  Game losing("X .\n. .", Color::kWhite, {}, 4.5F);
  losing.Play("pass");
  EXPECT_EQ(Plane(&losing, "if a pass ends the game: +1 it wins, -1 it loses"), "\n- -\n- -\n");
}

TEST_F(GoEncoding, SeesAreaFromTheMoversSide) {
  Game game(". X . O\n. X . O", Color::kWhite);
  EXPECT_EQ(Plane(&game, "area if scored now: +1 own, -1 theirs"), "\n- - . 1\n- - . 1\n");
}

TEST(GoEncode, SeesKomiFromTheMoversSide) {
  const auto komi = [](Color color) {
    Game game(". .\n. .", color, {}, 10);
    std::vector<float> all(game.environment().spec().observation.size());
    game->Encode(all);
    return all[12 * 4];
  };
  EXPECT_EQ(komi(Color::kBlack), -0.5F);
  EXPECT_EQ(komi(Color::kWhite), 0.5F);
}

}  // namespace
}  // namespace tesuji::env::go
