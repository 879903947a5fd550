// Analyses in the words of Leela Zero and KataGo, and what GoGui shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "env/go/gtp/engine.h"
#include "env/go/gtp/protocol.h"
#include "tests/env/gtp/fakes.h"

namespace tesuji::gtp {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

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
        "lz-analyze avoid b Z9 1", "kata-analyze minmoves -1", "kata-analyze b w",
        "kata-analyze ownership perhaps", "kata-analyze allow b A1 soon"}) {
    EXPECT_THAT(engine->Execute(bad), StartsWith("? syntax error: ")) << bad;
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
  options.search.root = "gumbel";
  auto engine = MakeEngine(options);
  engine->Execute("boardsize 5");
  EXPECT_THAT(Analyze(engine.get(), "lz-analyze 1", 50), HasSubstr("info move "));
  EXPECT_THAT(engine->Execute("genmove b"), StartsWith("= "));
}

TEST(GtpEngine, AnalyzesAFinishedGame) {
  auto engine = MakeEngine();
  for (const char* line : {"boardsize 5", "komi 6.5", "play b c3", "play w pass", "play b pass"}) {
    engine->Execute(line);
  }
  EXPECT_THAT(Analyze(engine.get(), "lz-analyze b 1"),
              HasSubstr("info move pass visits 1 winrate 10000 "));
  const std::string white = Analyze(engine.get(), "kata-analyze w 1 ownership true rootInfo true");
  EXPECT_THAT(white, HasSubstr("winrate 0.000000 scoreMean -18.5000 scoreLead -18.5000"));
  EXPECT_THAT(white, HasSubstr("pv pass rootInfo visits 1"));
  EXPECT_THAT(white, HasSubstr("ownership -1.000 -1.000"));
}

TEST(GtpEngine, TellsGoGuiWhatItCanShow) {
  auto engine = MakeEngine();
  engine->Execute("boardsize 2");
  EXPECT_THAT(engine->Execute("gogui-analyze_commands"),
              HasSubstr("dboard/Network policy/tesuji-policy\n"));
  EXPECT_EQ(engine->Execute("tesuji-policy"), "= \n0.200 0.200\n0.200 0.200\n\n");
  EXPECT_THAT(engine->Execute("tesuji-raw_nn"), HasSubstr("checkpoint uniform\n"));
}

}  // namespace
}  // namespace tesuji::gtp
