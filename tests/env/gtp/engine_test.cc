// The engine's commands: games, boards, komi, handicap, captures and rules.
#include "env/go/gtp/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "core/json.h"
#include "tests/env/gtp/fakes.h"
#include "tests/env/gtp/transcript.h"

namespace tesuji::gtp {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST(GtpEngine, AnswersTheAdministrativeCommands) {
  auto engine = MakeEngine();
  ExpectTranscript(engine.get(), R"(> protocol_version
= 2

> 7 name
=7 tesuji

> 8 known_command play
=8 true

> known_command fly
= false

> 9 fly
?9 unknown command

> 10 version # comment
=10 0.1.0

)");
  EXPECT_EQ(engine->Execute("# only a comment"), "");
  EXPECT_EQ(engine->Execute(""), "");
  EXPECT_FALSE(engine->quit());
  EXPECT_EQ(engine->Execute("11 quit"), "=11\n\n");
  EXPECT_TRUE(engine->quit());
}

TEST(GtpEngine, KnowsEveryCommandItLists) {
  auto engine = MakeEngine();
  const std::string list = engine->Execute("list_commands");
  std::istringstream in(list.substr(2));
  int count = 0;
  for (std::string name; in >> name; ++count) {
    EXPECT_EQ(engine->Execute("known_command " + name), "= true\n\n") << name;
  }
  EXPECT_GE(count, 38);
  for (const char* required : {"boardsize",
                               "clear_board",
                               "komi",
                               "play",
                               "genmove",
                               "fixed_handicap",
                               "place_free_handicap",
                               "set_free_handicap",
                               "undo",
                               "time_settings",
                               "time_left",
                               "final_score",
                               "final_status_list",
                               "loadsgf",
                               "reg_genmove",
                               "showboard",
                               "lz-analyze",
                               "kata-analyze",
                               "lz-genmove_analyze",
                               "kata-genmove_analyze"}) {
    EXPECT_THAT(list, HasSubstr(required));
  }
}

TEST(GtpEngine, PlaysAndRefusesMovesAsTheStandardSays) {
  auto engine = MakeEngine();
  ExpectTranscript(engine.get(), R"(> boardsize 5
=

> play b c3
=

> play W C3
? illegal move: occupied

> play w J9
? syntax error: "J9" is no coordinate of a 5x5 board; expected A1 to E5 or pass

> play green c4
? syntax error: "green" is no color, expected b or w

> play w
? syntax error: play takes 2 arguments (COLOR VERTEX), 1 given

> undo 3
? syntax error: undo takes no arguments, 1 given

> play w pass
=

> list_stones b
= C3

> list_stones white
=

> is_legal b c3
= 0

> undo
=

> undo
=

> undo
? cannot undo

)");
}

TEST(GtpEngine, RefusesSizesTheNetworkWasNotMadeFor) {
  auto engine = MakeEngine(QuickOptions(), 9);
  for (const char* size : {"13", "0", "1", "-5", "26", "1000000"}) {
    EXPECT_THAT(engine->Execute(std::string("boardsize ") + size),
                StartsWith("? unacceptable size: "));
  }
  EXPECT_THAT(engine->Execute("boardsize nine"), StartsWith("? syntax error"));
  EXPECT_THAT(engine->Execute("boardsize"), StartsWith("? syntax error"));
  // The old board is still there.
  EXPECT_EQ(engine->Execute("play b j9"), "=\n\n");
  EXPECT_EQ(engine->Execute("boardsize 7"), "=\n\n");
  EXPECT_EQ(engine->Execute("rectangular_boardsize 5 3"), "=\n\n");
  EXPECT_EQ(engine->Execute("play b e3"), "=\n\n");
}

TEST(GtpEngine, KeepsKomiThroughNewGamesAndSizes) {
  auto engine = MakeEngine();
  EXPECT_EQ(engine->Execute("komi 5.5"), "=\n\n");
  engine->Execute("boardsize 5");
  engine->Execute("clear_board");
  EXPECT_EQ(engine->Execute("get_komi"), "= 5.5\n\n");
  for (const char* bad : {"much", "nan", "6.9", "-6.2", "26", "1e30"}) {
    EXPECT_THAT(engine->Execute(std::string("komi ") + bad),
                StartsWith(std::string("? syntax error: komi ") + bad + ": expected "));
  }
  EXPECT_EQ(engine->Execute("get_komi"), "= 5.5\n\n");
  engine->Execute("komi 375");  // By the same rule as records.
  EXPECT_EQ(engine->Execute("get_komi"), "= 7.5\n\n");
}

TEST(GtpEngine, ChangesKomiInTheMiddleOfAGame) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 3");
  engine->Execute("komi 0.5");
  engine->Execute("play b b2");
  EXPECT_EQ(engine->Execute("final_score"), "= B+8.5\n\n");
  engine->Execute("komi 9");
  EXPECT_EQ(engine->Execute("final_score"), "= 0\n\n");
  EXPECT_EQ(engine->Execute("list_stones b"), "= B2\n\n");
}

TEST(GtpEngine, PlacesHandicapStones) {
  auto engine = MakeEngine();
  ExpectTranscript(engine.get(), R"(> boardsize 9
=

> fixed_handicap 1
? invalid number of stones

> fixed_handicap 10
? invalid number of stones

> fixed_handicap many
? syntax error: the number of stones is a whole number

> fixed_handicap 2
= G7 C3

> fixed_handicap 2
? board not empty

> clear_board
=

> set_free_handicap A1 B2 C3
=

> list_stones b
= C3 B2 A1

> clear_board
=

> set_free_handicap A1 A1
? bad vertex list

> set_free_handicap A1 pass
? bad vertex list

> set_free_handicap A1
? syntax error: set_free_handicap takes 2 or more arguments (VERTEX...), 1 given

> play b e5
=

> place_free_handicap 4
? board not empty

)");
  engine->Execute("clear_board");
  engine->Execute("boardsize 5");  // No customary points.
  const std::string placed = engine->Execute("place_free_handicap 3");
  EXPECT_THAT(placed, MatchesRegex("= [A-E][1-5] [A-E][1-5] [A-E][1-5]\n\n"));
  EXPECT_EQ(engine->Execute("place_free_handicap 3"), "? board not empty\n\n");
  engine->Execute("clear_board");
  EXPECT_EQ(engine->Execute("place_free_handicap 25"), "? invalid number of stones\n\n");
}

TEST(GtpEngine, LetsAColorMoveTwice) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  EXPECT_EQ(engine->Execute("play b b2"), "=\n\n");
  EXPECT_EQ(engine->Execute("play b c3"), "=\n\n");
  EXPECT_THAT(engine->Execute("genmove b"), MatchesRegex("= ([A-E][1-5]|pass)\n\n"));
  EXPECT_EQ(engine->game().moves().size(), 3U);
  for (const auto& move : engine->game().moves()) EXPECT_EQ(move.color, env::go::Color::kBlack);
}

TEST(GtpEngine, GoesOnAfterTwoPasses) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  for (const char* line : {"play b c3", "play w pass", "play b pass", "play w c2", "play b b2"}) {
    EXPECT_EQ(engine->Execute(line), "=\n\n") << line;
  }
  EXPECT_THAT(engine->Execute("genmove w"), StartsWith("= "));
  EXPECT_THAT(engine->Execute("printsgf"), HasSubstr(";B[]\n;W[cd]\n;B[bd]\n;W["));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(engine->Execute("undo"), "=\n\n");
  EXPECT_EQ(engine->Execute("list_stones w"), "=\n\n");
}

TEST(GtpEngine, CountsCapturesAlsoAcrossTheEnd) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  for (const char* line : {"play w a1", "play b a2", "play b b1", "play b pass", "play w pass"}) {
    EXPECT_EQ(engine->Execute(line), "=\n\n") << line;
  }
  EXPECT_EQ(engine->Execute("captures b"), "= 1\n\n");
  EXPECT_EQ(engine->Execute("captures w"), "= 0\n\n");
  for (const char* line : {"play w e5", "play b e4", "play b d5"}) engine->Execute(line);
  EXPECT_EQ(engine->Execute("captures b"), "= 2\n\n");
}

// Black may not retake at once.
//    A B C D
//  3 . X O .
//  2 X . X O    White takes C2 by B2.
//  1 . X O .
TEST(GtpEngine, ForbidsRetakingAKo) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  for (const char* line : {"play b b3", "play w c3", "play b a2", "play w d2", "play b b1",
                           "play w c1", "play b c2", "play w b2"}) {
    EXPECT_EQ(engine->Execute(line), "=\n\n") << line;
  }
  EXPECT_EQ(engine->Execute("is_legal b c2"), "= 0\n\n");
  EXPECT_THAT(engine->Execute("play b c2"), StartsWith("? illegal move"));
  EXPECT_THAT(engine->Execute("all_legal b"), Not(HasSubstr("C2")));
  EXPECT_THAT(engine->Execute("all_legal b"), HasSubstr("E5"));
}

TEST(GtpEngine, ShowsTheBoard) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  engine->Execute("play b c4");
  engine->Execute("play w a1");
  const std::string board = engine->Execute("showboard");
  EXPECT_THAT(board, StartsWith("= \n"));
  EXPECT_THAT(board, HasSubstr("A B C D E"));
  EXPECT_THAT(board, HasSubstr(" . . X . . "));
  EXPECT_THAT(board, HasSubstr("(O)"));
  EXPECT_EQ(board.find("\n\n"), board.size() - 2);
}

TEST(GtpEngine, TellsAndSetsItsRules) {
  auto engine = MakeEngine();
  const std::string answer = engine->Execute("kata-get-rules");
  const Json rules = Json::parse(answer.substr(2));
  EXPECT_EQ(rules["ko"], "POSITIONAL");
  EXPECT_EQ(rules["scoring"], "AREA");
  EXPECT_EQ(rules["suicide"], false);
  EXPECT_EQ(engine->Execute("kata-set-rules chinese"), "=\n\n");
  EXPECT_THAT(engine->Execute("kata-get-rules"), HasSubstr("\"SIMPLE\""));
  EXPECT_EQ(engine->Execute(R"(kata-set-rules {"ko":"SITUATIONAL", "suicide":true})"), "=\n\n");
  EXPECT_THAT(engine->Execute("kata-get-rules"), HasSubstr("\"suicide\":true"));
  EXPECT_THAT(engine->Execute("kata-set-rules japanese"), StartsWith("? "));
  EXPECT_THAT(engine->Execute(R"(kata-set-rules {"scoring":"TERRITORY"})"), StartsWith("? "));
  EXPECT_THAT(engine->Execute("kata-set-rules {{{"), StartsWith("? "));
  EXPECT_THAT(engine->Execute("kata-set-rules"), StartsWith("? "));
  for (const auto& [asked, reason] : {std::pair(R"({"komi":5.5})", "the command komi sets it"),
                                      {R"({"foo":1})", "unknown key \"foo\"; expected ko, suicide"},
                                      {R"({"ko":3})", "expected a name"},
                                      {R"({"suicide":"yes"})", "expected true or false"},
                                      {R"({"whiteHandicapBonus":"N"})", "only \"0\" is"},
                                      {R"({"ko":"SIMPLE","tax":"ALL"})", "only \"NONE\" is"},
                                      {"japanese", "counts territory"},
                                      {"martian", "unknown rules \"martian\""}}) {
    EXPECT_THAT(engine->Execute(std::string("kata-set-rules ") + asked), HasSubstr(reason));
  }
  EXPECT_THAT(engine->Execute("kata-get-rules"), HasSubstr("\"SITUATIONAL\"")) << "all or nothing";
  EXPECT_EQ(engine->Execute(R"(kata-set-rules {"friendlyPassOk":false})"), "=\n\n");
  EXPECT_THAT(engine->Execute("kata-get-rules"), HasSubstr("\"friendlyPassOk\":false"));
  engine->Execute("play b c3");
  EXPECT_THAT(engine->Execute("kata-set-rules chinese"), HasSubstr("empty board"));
}

TEST(GtpEngine, KeepsCountAndHistoryThroughTwoPasses) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  for (const char* line : {"play b b3", "play w c3", "play b a2", "play w d2", "play b b1",
                           "play w c1", "play b c2", "play w b2", "play b pass", "play w pass"}) {
    ASSERT_EQ(engine->Execute(line), "=\n\n") << line;
  }
  EXPECT_EQ(engine->Execute("is_legal b c2"), "= 0\n\n") << "positional superko";
  EXPECT_EQ(engine->Execute("play b e5"), "=\n\n");
  EXPECT_THAT(engine->Execute("showboard"), HasSubstr("move 11, captures X 0 O 1"));
  EXPECT_EQ(engine->Execute("play w pass"), "=\n\n");
  EXPECT_FALSE(engine->game().over());
  EXPECT_EQ(engine->Execute("play b pass"), "=\n\n");
  EXPECT_TRUE(engine->game().over());
}

TEST(GtpEngine, IsNotEndedByTheMoveLimitOfSelfPlay) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 2");  // 2 * 4 + 16 moves.
  engine->Execute("kata-set-rules {\"ko\":\"SIMPLE\"}");
  const char* const kCycle[] = {"a1", "b1", "b2", "a1"};
  int moves = 0;
  for (int i = 0; i < 60; ++i) {
    const std::string color = i % 2 == 0 ? "b" : "w";
    if (engine->Execute("play " + color + " " + kCycle[i % 4])[0] == '=' ||
        engine->Execute("play " + color + " pass")[0] == '=') {
      ++moves;
    }
    if (engine->game().over()) engine->Execute("undo");
  }
  EXPECT_GT(moves, 40);
}

}  // namespace
}  // namespace tesuji::gtp
