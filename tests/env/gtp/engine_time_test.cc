// How long the engine thinks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "env/go/gtp/engine.h"
#include "tests/env/gtp/fakes.h"

namespace tesuji::gtp {
namespace {

using testing::StartsWith;

struct TimedEngine {
  explicit TimedEngine(int simulations_with_clock = 0, const std::string& root = "puct") {
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
  TimedEngine timed(0, "gumbel");
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
                           "kgs-time_settings byoyomi 1 2", "kgs-time_settings canadian 1 2 0",
                           "kgs-time_settings fischer 1 2", "kata-time_settings fischer 1",
                           "kata-time_settings sundial 1 2 3", "kata-time_settings absolute -1"}) {
    EXPECT_THAT(engine->Execute(line), StartsWith("? syntax error: ")) << line;
  }
}

TEST(GtpEngineTime, KeepsFischersClock) {
  TimedEngine timed;
  EXPECT_EQ(timed.engine->Execute("kata-list_time_settings"),
            "= none absolute byoyomi canadian fischer fischer-capped\n\n");
  timed.SecondsOf("kata-time_settings fischer 36 2");
  EXPECT_NEAR(timed.SecondsOf("genmove b"), 3, 0.2);  // 36 moves to come.
  timed.SecondsOf("kata-time_settings fischer-capped 100 2 120 1.5");
  EXPECT_NEAR(timed.SecondsOf("genmove w"), 1.5, 0.1);
  timed.SecondsOf("kata-time_settings byoyomi 0 2 3");
  EXPECT_NEAR(timed.SecondsOf("genmove b"), 2, 0.2);
  timed.SecondsOf("kata-time_settings none");
  EXPECT_NEAR(timed.SecondsOf("genmove w"), 0.51, 0.02);
}

}  // namespace
}  // namespace tesuji::gtp
