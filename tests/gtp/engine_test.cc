#include "env/go/gtp/engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/json.h"
#include "env/go/gtp/protocol.h"
#include "tests/gtp/fakes.h"
#include "tests/gtp/scripts.h"

namespace tesuji::gtp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

// The conversation as one text: commands after "> ", the answers as they came.
void ExpectTranscript(Engine* engine, const std::string& transcript) {
  std::istringstream in(transcript);
  std::string line;
  std::string command;
  std::string expected;
  const auto check = [&] {
    if (!command.empty()) {
      EXPECT_EQ(engine->Execute(command), expected) << "after: " << command;
    }
    expected.clear();
  };
  while (std::getline(in, line)) {
    if (line.starts_with("> ")) {
      check();
      command = line.substr(2);
    } else {
      expected += line + "\n";
    }
  }
  check();
}

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

> 10 version 1 2 # comment
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
? syntax error

> play green c4
? syntax error

> play w
? syntax error

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
    EXPECT_EQ(engine->Execute(std::string("boardsize ") + size), "? unacceptable size\n\n");
  }
  EXPECT_EQ(engine->Execute("boardsize nine"), "? syntax error\n\n");
  EXPECT_EQ(engine->Execute("boardsize"), "? syntax error\n\n");
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
  EXPECT_EQ(engine->Execute("komi much"), "? syntax error\n\n");
  EXPECT_EQ(engine->Execute("komi nan"), "? syntax error\n\n");
  // Between two half points every komi decides alike.
  engine->Execute("komi 6.75");
  EXPECT_EQ(engine->Execute("get_komi"), "= 6.5\n\n");
  engine->Execute("komi -6.2");
  EXPECT_EQ(engine->Execute("get_komi"), "= -6.5\n\n");
  EXPECT_EQ(engine->Execute("komi 1e30"), "=\n\n");  // Ridiculous, and to be accepted.
}

TEST(GtpEngine, ChangesKomiInTheMiddleOfAGame) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 3");
  engine->Execute("komi 0.5");
  engine->Execute("play b b2");
  EXPECT_EQ(engine->Execute("final_score"), "= B+8.5\n\n");
  engine->Execute("komi 20");
  EXPECT_EQ(engine->Execute("final_score"), "= W+11\n\n");
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
? syntax error

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
? bad vertex list

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
    options.search.root = search::RootPolicy::kGumbel;
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
  EXPECT_EQ(engine->Execute("final_status_list sleeping"), "? syntax error\n\n");
  EXPECT_EQ(engine->Execute("final_score"), "= B+24.5\n\n");
  EXPECT_THAT(engine->Execute("tesuji-ownership"), HasSubstr("0.950 0.950 0.950 0.950 0.950\n"));
  // While it is there, cleanup may not pass.
  engine->Execute("play w pass");
  EXPECT_THAT(engine->Execute("kgs-genmove_cleanup b"), Not(HasSubstr("pass")));
}

TEST(GtpEngine, CallsAllStonesAliveWithoutOwnership) {
  auto engine = MakeEngine();
  for (const char* line : {"boardsize 5", "komi 0.5", "play b c3", "play w d4"}) {
    engine->Execute(line);
  }
  EXPECT_EQ(engine->Execute("final_status_list dead"), "=\n\n");
  EXPECT_EQ(engine->Execute("final_status_list alive"), "= D4\nC3\n\n");
  EXPECT_EQ(engine->Execute("final_score"), "= W+0.5\n\n");
  EXPECT_EQ(engine->Execute("tesuji-ownership"), "? this network tells no ownership\n\n");
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

// --- records -----------------------------------------------------------------------------------

TEST(GtpEngine, SavesAndLoadsRecords) {
  const ScriptFolder folder;
  const std::string path = (folder.path() / "game.sgf").string();
  auto engine = MakeEngine();
  for (const char* line :
       {"boardsize 7", "komi 5.5", "fixed_handicap 2", "play w d4", "play b d5", "play w pass"}) {
    ASSERT_THAT(engine->Execute(line), StartsWith("=")) << line;
  }
  EXPECT_EQ(engine->Execute("printsgf " + path), "=\n\n");
  const std::string board = engine->Execute("showboard");
  auto other = MakeEngine();
  EXPECT_EQ(other->Execute("loadsgf " + path), "= B\n\n");
  EXPECT_EQ(other->Execute("showboard"), board);
  EXPECT_EQ(other->Execute("get_komi"), "= 5.5\n\n");
  EXPECT_EQ(other->Execute("loadsgf " + path + " 2"), "= B\n\n");
  EXPECT_EQ(other->game().moves().size(), 1U);
  EXPECT_EQ(other->Execute("loadsgf " + path + " 0"), "? syntax error\n\n");
}

TEST(GtpEngine, ChangesNothingForABadRecord) {
  const ScriptFolder folder;
  const auto write = [&](const std::string& text) {
    const std::string path = (folder.path() / "bad.sgf").string();
    std::ofstream(path) << text;
    return path;
  };
  auto engine = MakeEngine(QuickOptions(), 9);
  engine->Execute("boardsize 7");
  engine->Execute("play b d4");
  for (const char* text : {"", "no game", "(;SZ[7];B[aa];W[aa])", "(;SZ[19];B[aa])",
                           "(;SZ[7];B[zz])", "(;GM[2])", "(;SZ[99999999999])"}) {
    EXPECT_THAT(engine->Execute("loadsgf " + write(text)), StartsWith("? cannot load file"))
        << text;
  }
  EXPECT_THAT(engine->Execute("loadsgf /nonexistent.sgf"), StartsWith("? cannot load file"));
  EXPECT_THAT(engine->Execute("loadsgf /dev/zero"), StartsWith("? cannot load file"));
  EXPECT_THAT(engine->Execute("printsgf /nonexistent/x.sgf"), StartsWith("? cannot write file"));
  EXPECT_EQ(engine->Execute("list_stones b"), "= D4\n\n");
}

TEST(GtpEngine, TouchesNoFilesWhenToldSo) {
  EngineOptions options = QuickOptions();
  options.allow_files = false;
  auto engine = MakeEngine(options);
  EXPECT_THAT(engine->Execute("loadsgf x.sgf"), HasSubstr("switched off"));
  EXPECT_THAT(engine->Execute("printsgf x.sgf"), HasSubstr("switched off"));
  EXPECT_FALSE(std::filesystem::exists("x.sgf"));
  EXPECT_THAT(engine->Execute("printsgf"), StartsWith("= (;"));
}

// --- rules -------------------------------------------------------------------------------------

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
  engine->Execute("play b c3");
  EXPECT_THAT(engine->Execute("kata-set-rules chinese"), HasSubstr("empty board"));
}

// --- analysis ----------------------------------------------------------------------------------

// Says "a line has arrived" after some looks.
class CountingInput final : public Input {
 public:
  explicit CountingInput(int looks) : looks_(looks) {}
  bool Pending() override { return looks_-- <= 0; }
  void Wait(std::chrono::milliseconds) override {}

 private:
  int looks_;
};

std::string Analyze(Engine* engine, const std::string& line, int looks = 20) {
  std::string out;
  CountingInput input(looks);
  engine->Execute(
      line, [&out](std::string_view bytes) { out += bytes; }, &input);
  return out;
}

TEST(GtpEngine, AnalyzesInLeelasWords) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 5");
  const std::string answer = Analyze(engine.get(), "5 lz-analyze b 10");
  EXPECT_THAT(answer, StartsWith("=5\ninfo move "));
  EXPECT_THAT(answer,
              MatchesRegex("=5\n(info move ([A-E][1-5]|pass) visits [0-9]+ winrate [0-9]+ prior "
                           "[0-9]+ lcb [0-9]+ order [0-9]+ pv( ([A-E][1-5]|pass))+[ \n])+\n"));
  EXPECT_EQ(answer.find("\n\n"), answer.size() - 2);
  EXPECT_EQ(engine->game().moves().size(), 0U);
}

TEST(GtpEngine, AnalyzesInKataGosWords) {
  auto evaluator = std::make_shared<ScriptedEvaluator>([](const env::go::GoState& state) {
    return state.at(12) == env::go::Color::kBlack ? 0.8F : -0.2F;
  });
  evaluator->ownership.assign(25, 0.25F);
  auto engine = *Engine::Create(TablesWith(evaluator, 19, evaluator), QuickOptions());
  engine->Execute("boardsize 5");
  EngineOptions options;
  const std::string answer = Analyze(
      engine.get(), "kata-analyze b interval 1 rootInfo true ownership true maxmoves 2", 60);
  EXPECT_THAT(answer, HasSubstr("info move C3 visits "));
  EXPECT_THAT(answer, HasSubstr(" winrate 0.9"));
  EXPECT_THAT(answer, HasSubstr(" scoreLead 8.0000 "));
  EXPECT_THAT(answer, HasSubstr(" rootInfo visits "));
  EXPECT_THAT(answer, HasSubstr(" ownership 0.250 0.250"));
  EXPECT_THAT(answer, Not(HasSubstr("order 2")));
  // From White's side everything is the other way round.
  const std::string white = Analyze(engine.get(), "kata-analyze w 1 ownership true", 60);
  EXPECT_THAT(white, HasSubstr(" ownership -0.250 -0.250"));
}

TEST(GtpEngine, ReportsAtTheIntervalAskedFor) {
  FakeClock clock;
  auto evaluator = std::make_shared<ScriptedEvaluator>([](const env::go::GoState&) { return 0.0F; },
                                                       &clock, 0.01);
  EngineOptions options = QuickOptions();
  options.analysis_simulations = 1'000;
  options.now = clock.now();
  auto engine = *Engine::Create(TablesWith(evaluator), options);
  engine->Execute("boardsize 5");
  // 100 looks, one after each evaluation of 0.01 s; a report every 0.2 s.
  const std::string answer = Analyze(engine.get(), "lz-analyze 20", 100);
  EXPECT_NEAR(std::count(answer.begin(), answer.end(), '\n') - 2, 5, 1);
}

TEST(GtpEngine, RestrictsAnalysesAsAsked) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 3");
  const std::string only = Analyze(engine.get(), "lz-analyze b 1 allow b A1,B2 1");
  EXPECT_THAT(only, HasSubstr("move A1 "));
  EXPECT_THAT(only, HasSubstr("move B2 "));
  EXPECT_THAT(only, Not(HasSubstr("move C3 ")));
  const std::string without = Analyze(engine.get(), "lz-analyze b 1 avoid b A1,B2 1");
  EXPECT_THAT(without, Not(HasSubstr("move A1 ")));
  EXPECT_THAT(without, HasSubstr("move C3 "));
  EXPECT_THAT(engine->Execute("lz-genmove_analyze b 1 allow b C3 1"), HasSubstr("\nplay C3\n\n"));
  for (const char* bad :
       {"lz-analyze b -1", "lz-analyze colour b", "lz-analyze interval", "lz-analyze avoid b A1",
        "lz-analyze avoid b Z9 1", "kata-analyze minmoves -1", "kata-analyze b w"}) {
    EXPECT_EQ(engine->Execute(bad), "? syntax error\n\n") << bad;
  }
}

TEST(GtpEngine, StreamsTheSearchForItsMove) {
  auto engine = MakeEngine(QuickOptions(16));
  engine->Execute("boardsize 5");
  const std::string leela = engine->Execute("3 lz-genmove_analyze b 1");
  EXPECT_THAT(leela, MatchesRegex("=3\n(info .*\n)+play ([A-E][1-5]|pass)\n\n"));
  const std::string kata = engine->Execute("kata-genmove_analyze w 1 ownership true");
  EXPECT_THAT(kata, MatchesRegex("=\n(info .*\n)+play ([A-E][1-5]|pass)\n\n"));
  EXPECT_EQ(engine->game().moves().size(), 2U);
}

TEST(GtpEngine, AnalyzesWithAGumbelRootToo) {
  EngineOptions options = QuickOptions(16);
  options.search.root = search::RootPolicy::kGumbel;
  auto engine = MakeEngine(options);
  engine->Execute("boardsize 5");
  EXPECT_THAT(Analyze(engine.get(), "lz-analyze 1", 50), HasSubstr("info move "));
  EXPECT_THAT(engine->Execute("genmove b"), StartsWith("= "));
}

TEST(GtpEngine, AnalyzesAFinishedGame) {
  auto engine = MakeEngine();
  for (const char* line : {"boardsize 5", "play b pass", "play w pass"}) engine->Execute(line);
  EXPECT_THAT(Analyze(engine.get(), "lz-analyze 1"), HasSubstr("info move "));
}

TEST(GtpEngine, TellsGoGuiWhatItCanShow) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 2");
  EXPECT_THAT(engine->Execute("gogui-analyze_commands"),
              HasSubstr("dboard/Network policy/tesuji-policy\n"));
  EXPECT_EQ(engine->Execute("tesuji-policy"), "= \n0.200 0.200\n0.200 0.200\n\n");
  EXPECT_THAT(engine->Execute("tesuji-raw_nn"), HasSubstr("checkpoint uniform\n"));
}

// --- time --------------------------------------------------------------------------------------

struct TimedEngine {
  explicit TimedEngine(int simulations_with_clock = 0,
                       search::RootPolicy root = search::RootPolicy::kPuct) {
    EngineOptions options = QuickOptions(50);
    options.search.root = root;
    options.now = clock.now();
    options.time.lag = Duration(0);
    options.simulations_with_clock = simulations_with_clock;
    evaluator = std::make_shared<ScriptedEvaluator>(
        // A value that never settles, so that no move is decided early.
        [](const env::go::GoState& state) {
          return static_cast<float>(state.Fingerprint().low % 100) / 1000.0F;
        },
        &clock, 0.01);
    engine = *Engine::Create(TablesWith(evaluator), options);
    engine->Execute("boardsize 9");
  }
  double SecondsOf(const std::string& line) {
    const double before = clock.seconds();
    EXPECT_THAT(engine->Execute(line), StartsWith("=")) << line;
    return clock.seconds() - before;
  }
  FakeClock clock;
  std::shared_ptr<ScriptedEvaluator> evaluator;
  std::unique_ptr<Engine> engine;
};

TEST(GtpEngineTime, ThinksAFixedNumberOfSimulationsWithoutAClock) {
  TimedEngine timed;
  EXPECT_NEAR(timed.SecondsOf("genmove b"), 0.51, 0.02);
}

TEST(GtpEngineTime, SpendsMainTimeEvenly) {
  TimedEngine timed;
  timed.SecondsOf("time_settings 310 0 0");
  // 9x9: some 36 moves of one's own to come.
  EXPECT_NEAR(timed.SecondsOf("genmove b"), 8.6, 1);
}

TEST(GtpEngineTime, PlaysAWholeGameWithinItsTime) {
  TimedEngine timed;
  timed.SecondsOf("time_settings 20 0 0");
  double used = 0;
  for (int i = 0; i < 60; ++i) {
    used += timed.SecondsOf("genmove b");
    timed.SecondsOf("genmove w");
  }
  EXPECT_LT(used, 20);
  EXPECT_GT(used, 10);
}

TEST(GtpEngineTime, KeepsWithinCanadianOvertime) {
  TimedEngine timed;
  timed.SecondsOf("time_settings 0 25 10");
  for (int i = 0; i < 10; ++i) EXPECT_LE(timed.SecondsOf("genmove b"), 2.6);
}

TEST(GtpEngineTime, TakesTheControllersClock) {
  TimedEngine timed;
  timed.SecondsOf("time_settings 1000 0 0");
  timed.SecondsOf("time_left b 1 0");
  EXPECT_LE(timed.SecondsOf("genmove b"), 0.1);
  timed.SecondsOf("kgs-time_settings byoyomi 0 3 5");
  EXPECT_NEAR(timed.SecondsOf("genmove w"), 3, 0.3);
  timed.SecondsOf("time_settings 0 10 0");  // No limit.
  EXPECT_NEAR(timed.SecondsOf("genmove b"), 0.51, 0.02);
}

TEST(GtpEngineTime, PlansAGumbelSearchFromItsSpeed) {
  TimedEngine timed(0, search::RootPolicy::kGumbel);
  timed.SecondsOf("genmove b");  // Now it knows its speed: 100 a second.
  timed.SecondsOf("kgs-time_settings byoyomi 0 4 5");
  const double seconds = timed.SecondsOf("genmove w");
  EXPECT_LE(seconds, 4.01);
  EXPECT_GE(seconds, 3);
}

TEST(GtpEngineTime, StopsWhenTheMoveIsDecided) {
  FakeClock clock;
  // One move is obviously best.
  auto evaluator = std::make_shared<ScriptedEvaluator>(
      [](const env::go::GoState& state) {
        return state.at(40) == env::go::Color::kBlack ? 0.9F : -0.9F;
      },
      &clock, 0.01);
  EngineOptions options = QuickOptions();
  options.now = clock.now();
  auto engine = *Engine::Create(TablesWith(evaluator), options);
  engine->Execute("kgs-time_settings byoyomi 0 20 5");
  EXPECT_EQ(engine->Execute("genmove b"), "= E5\n\n");
  EXPECT_LT(clock.seconds(), 15);
}

TEST(GtpEngineTime, RefusesNonsense) {
  auto engine = MakeEngine();
  for (const char* line : {"time_settings 1 2", "time_settings -1 0 0", "time_settings a b c",
                           "time_left b", "time_left x 1 1", "kgs-time_settings",
                           "kgs-time_settings byoyomi 1 2", "kgs-time_settings canadian 1 2 0"}) {
    EXPECT_EQ(engine->Execute(line), "? syntax error\n\n") << line;
  }
}

}  // namespace
}  // namespace tesuji::gtp
