// The moves that the engine chooses: legal, repeatable, passing, counting and resigning.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "env/go/gtp/engine.h"
#include "tests/env/gtp/fakes.h"

namespace tesuji::gtp {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST(GtpEngine, GeneratesLegalMovesToTheEnd) {
  auto engine = MakeEngine(QuickOptions(4));
  engine->Execute("boardsize 3");
  int moves = 0;
  while (!engine->game().over() && moves < 200) {
    const std::string color = moves++ % 2 == 0 ? "b" : "w";
    EXPECT_THAT(engine->Execute("genmove " + color), MatchesRegex("= ([A-C][1-3]|pass)\n\n"));
  }
  EXPECT_TRUE(engine->game().over());
  EXPECT_THAT(engine->Execute("final_score"), MatchesRegex("= ([BW]\\+[0-9.]+|0)\n\n"));
}

TEST(GtpEngine, LeavesTheBoardAloneInARegressionTest) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  const std::string move = engine->Execute("reg_genmove b");
  EXPECT_THAT(move, MatchesRegex("= ([A-E][1-5]|pass)\n\n"));
  EXPECT_EQ(engine->game().moves().size(), 0U);
  EXPECT_EQ(engine->Execute("reg_genmove b"), move);
}

TEST(GtpEngine, PlaysTheSameMovesFromTheSameSeed) {
  std::string games[2];
  for (std::string& game : games) {
    EngineOptions options = QuickOptions(32);
    options.search.root = "gumbel";
    options.seed = 5;
    auto engine = MakeEngine(options);
    engine->Execute("boardsize 7");
    for (int i = 0; i < 10; ++i) game += engine->Execute(i % 2 == 0 ? "genmove b" : "genmove w");
  }
  EXPECT_EQ(games[0], games[1]);
}

// White has the right half and a wall; Black passes. White wins by komi and need not fill in.
constexpr const char* kDividedBoard[] = {"boardsize 5", "komi 7.5",  "play b b1", "play w c1",
                                         "play b b2",   "play w c2", "play b b3", "play w c3",
                                         "play b b4",   "play w c4", "play b b5", "play w c5"};

TEST(GtpEngine, AnswersAPassWithAWinningPass) {
  auto engine = MakeEngine(QuickOptions(2));
  for (const char* line : kDividedBoard) engine->Execute(line);
  engine->Execute("play b pass");
  EXPECT_EQ(engine->Execute("genmove w"), "= pass\n\n");
  EXPECT_EQ(engine->Execute("final_score"), "= W+12.5\n\n");
}

TEST(GtpEngine, DoesNotPassWhenPassingLoses) {
  auto engine = MakeEngine(QuickOptions(200));
  for (const char* line : kDividedBoard) engine->Execute(line);
  engine->Execute("komi -20.5");
  engine->Execute("play b pass");
  EXPECT_THAT(engine->Execute("genmove w"), Not(HasSubstr("pass")));
}

TEST(GtpEngine, PassesOnlyWhenTheSearchWantsToWithoutFriendlyPass) {
  EngineOptions options = QuickOptions(1);  // One simulation cannot see that passing wins.
  options.friendly_pass = false;
  auto engine = MakeEngine(options);
  for (const char* line : kDividedBoard) engine->Execute(line);
  engine->Execute("play b pass");
  EXPECT_THAT(engine->Execute("genmove w"), Not(HasSubstr("pass")));
}

// A network that is sure that White's lone stone at D4 is dead.
TEST(GtpEngine, TakesDeadStonesOffByOwnership) {
  auto evaluator =
      std::make_shared<ScriptedEvaluator>([](const env::go::GoState&) { return 0.0F; });
  evaluator->ownership.assign(25, 0.95F);
  auto engine = *Engine::Create(TablesWith(evaluator, 19, evaluator), QuickOptions());
  for (const char* line : {"boardsize 5", "komi 0.5", "play b c3", "play w d4"}) {
    engine->Execute(line);
  }
  EXPECT_EQ(engine->Execute("final_status_list dead"), "= D4\n\n");
  EXPECT_EQ(engine->Execute("final_status_list alive"), "= C3\n\n");
  EXPECT_EQ(engine->Execute("final_status_list seki"), "=\n\n");
  EXPECT_THAT(engine->Execute("final_status_list sleeping"),
              StartsWith("? syntax error: status \"sleeping\", expected dead, alive or seki"));
  EXPECT_EQ(engine->Execute("final_score"), "= B+24.5\n\n");
  EXPECT_THAT(engine->Execute("tesuji-ownership"), HasSubstr("0.950 0.950 0.950 0.950 0.950\n"));
  // While it is there, cleanup may not pass.
  engine->Execute("play w pass");
  EXPECT_THAT(engine->Execute("kgs-genmove_cleanup b"), Not(HasSubstr("pass")));
}

TEST(GtpEngine, ResignsOnlyWhenHopelessForSeveralMoves) {
  auto black_loses =
      std::make_shared<ScriptedEvaluator>([](const env::go::GoState&) { return -0.98F; });
  EngineOptions options = QuickOptions(4);
  options.resign_below = 0.05;
  auto engine = *Engine::Create(TablesWith(black_loses), options);
  engine->Execute("boardsize 7");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(engine->Execute("genmove b"), Not(HasSubstr("resign")));
    EXPECT_THAT(engine->Execute("genmove w"), Not(HasSubstr("resign")));
  }
  EXPECT_EQ(engine->Execute("genmove b"), "= resign\n\n");
  options.resign_below = 0;
  engine = *Engine::Create(TablesWith(black_loses), options);
  engine->Execute("boardsize 7");
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(engine->Execute("genmove b"), Not(HasSubstr("resign")));
  }
}

TEST(GtpEngine, FindsDeadStonesWithoutANetworksWord) {
  auto engine = MakeEngine();
  // Black has the left, White the right; each has a lone stone in the other's area.
  for (const char* line :
       {"boardsize 7", "komi 0.5", "set_free_handicap D1 D2 D3 D4 D5 D6 D7 F4"}) {
    ASSERT_THAT(engine->Execute(line), StartsWith("=")) << line;
  }
  for (const char* cell : {"E1", "E2", "E3", "E4", "E5", "E6", "E7", "B4"}) {
    EXPECT_EQ(engine->Execute(std::string("play w ") + cell), "=\n\n");
  }
  EXPECT_EQ(engine->Execute("final_status_list dead"), "= B4\nF4\n\n");
  EXPECT_EQ(engine->Execute("final_score"), "= B+6.5\n\n");  // 28 to 21.
  EXPECT_EQ(engine->Execute("tesuji-ownership"), "? this network tells no ownership\n\n");
}

TEST(GtpEngine, TakesDeadStonesInACleanupAndThenPasses) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 7");
  engine->Execute("komi 0.5");
  engine->Execute("set_free_handicap D1 D2 D3 D4 D5 D6 D7 A4 C4");
  for (const char* cell : {"E1", "E2", "E3", "E4", "E5", "E6", "E7", "G4", "F4", "B3"}) {
    engine->Execute(std::string("play w ") + cell);
  }
  for (int i = 0; i < 4 && engine->Execute("list_stones w").find("B3") != std::string::npos; ++i) {
    EXPECT_THAT(engine->Execute("kgs-genmove_cleanup b"), MatchesRegex("= (A3|B2|B4|C3)\n\n"));
    engine->Execute("play w pass");
  }
  EXPECT_THAT(engine->Execute("list_stones w"), Not(HasSubstr("B3")));
  EXPECT_EQ(engine->Execute("kgs-genmove_cleanup w"), "= pass\n\n");
}

// Black knows that everything is lost and has nothing left to play for.
TEST(GtpEngine, PassesInALostGameWhenNothingIsLeft) {
  auto black_loses =
      std::make_shared<ScriptedEvaluator>([](const env::go::GoState&) { return -0.99F; });
  auto engine = *Engine::Create(TablesWith(black_loses), QuickOptions(30));
  engine->Execute("boardsize 7");
  engine->Execute("set_free_handicap A2 B1 B2 C2 C1 D2 E2 F2 G2 E1");
  for (const char* cell : {"A3", "B3", "C3", "D3", "E3", "F3", "G3", "A5", "B5", "C5", "D5", "E5",
                           "F5", "G5", "B6", "B7", "F6", "F7"}) {
    ASSERT_EQ(engine->Execute(std::string("play w ") + cell), "=\n\n");
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(engine->Execute("genmove b"), "= pass\n\n");
    engine->Execute("play w A4");
    engine->Execute("undo");
  }
}

TEST(GtpEngine, DoesNotFillItsOwnAreaInALostGame) {
  auto black_loses =
      std::make_shared<ScriptedEvaluator>([](const env::go::GoState&) { return -0.99F; });
  auto engine = *Engine::Create(TablesWith(black_loses), QuickOptions(30));
  engine->Execute("boardsize 9");
  engine->Execute("set_free_handicap A3 B3 C3 D3 E3 F3 G3 H3 J3");
  for (const char* cell : {"A4", "B4", "C4", "D4", "E4", "F4", "G4", "H4", "J4", "C7", "G7"}) {
    ASSERT_EQ(engine->Execute(std::string("play w ") + cell), "=\n\n");
  }
  for (int i = 0; i < 12; ++i) {
    const std::string answer = engine->Execute("genmove b");
    if (answer.find("pass") != std::string::npos) break;
    EXPECT_THAT(answer, MatchesRegex("= [A-J][5-9]\n\n")) << "an invasion, and no own area";
    engine->Execute("play w pass");
  }
  EXPECT_THAT(engine->Execute("final_status_list dead"), Not(HasSubstr("C3")));
}

}  // namespace
}  // namespace tesuji::gtp
