#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "env/go/go_environment.h"
#include "env/go/playout.h"
#include "env/go/rules.h"
#include "tests/env/go_testing.h"

namespace tesuji::env::go {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

Rules Sized(int width, int height) {
  Rules rules;
  rules.width = width;
  rules.height = height;
  return rules;
}

std::vector<std::string> Handicap(int side, int stones) {
  const Rules rules = Sized(side, side);
  std::vector<std::string> texts;
  const auto cells = FixedHandicap(rules, stones).value();
  for (const Action cell : cells) {
    texts.push_back(ActionText(rules, cell));
  }
  return texts;
}

TEST(GoHandicap, FollowsTheTableOfGtp) {
  EXPECT_THAT(Handicap(19, 2), UnorderedElementsAre("D4", "Q16"));
  EXPECT_THAT(Handicap(19, 3), UnorderedElementsAre("D4", "Q16", "D16"));
  EXPECT_THAT(Handicap(19, 5), UnorderedElementsAre("D4", "Q16", "D16", "Q4", "K10"));
  EXPECT_THAT(Handicap(19, 6), UnorderedElementsAre("D4", "Q16", "D16", "Q4", "D10", "Q10"));
  EXPECT_THAT(Handicap(19, 9),
              UnorderedElementsAre("D4", "Q16", "D16", "Q4", "D10", "Q10", "K4", "K16", "K10"));
  EXPECT_THAT(Handicap(13, 4), UnorderedElementsAre("D4", "K10", "D10", "K4"));
  EXPECT_THAT(Handicap(9, 5), UnorderedElementsAre("C3", "G7", "C7", "G3", "E5"));
  EXPECT_THAT(Handicap(8, 4), UnorderedElementsAre("C3", "F6", "C6", "F3"));
}

TEST(GoHandicap, IsRefusedWhereThereIsNoPlacement) {
  EXPECT_FALSE(FixedHandicap(Sized(19, 19), 1));
  EXPECT_FALSE(FixedHandicap(Sized(19, 19), 10));
  EXPECT_FALSE(FixedHandicap(Sized(8, 8), 5));
  EXPECT_FALSE(FixedHandicap(Sized(7, 7), 5));
  EXPECT_FALSE(FixedHandicap(Sized(5, 5), 2));
}

TEST(GoHandicap, GivesWhiteTheFirstMove) {
  const Start start = MakeStart(Sized(9, 9), 0.5F, 4).value();
  EXPECT_EQ(start.to_play, Color::kWhite);
  EXPECT_EQ(start.black.size(), 4U);
}

TEST(GoCoordinates, SkipTheLetterIAndCountRowsFromBelow) {
  const Rules rules = Sized(19, 19);
  EXPECT_EQ(ActionText(rules, 0), "A19");
  EXPECT_EQ(ActionText(rules, 8), "J19");
  EXPECT_EQ(ActionText(rules, 360), "T1");
  EXPECT_EQ(ActionText(rules, 361), "pass");
  for (Action action = 0; action <= 361; ++action) {
    EXPECT_EQ(ParseAction(rules, ActionText(rules, action)).value(), action);
  }
  EXPECT_EQ(ParseAction(rules, "q16").value(), ParseAction(rules, "Q16").value());
  EXPECT_EQ(ParseAction(rules, "PASS").value(), 361);
}

TEST(GoCoordinates, RefuseWhatIsNoneWithTheRange) {
  for (const char* text : {"", "A", "I5", "A0", "A10", "K1", "A-1", "AA1", "A1x", "A001", "4D",
                           "passs", "\xff\xff", "A999999999999"}) {
    const auto parsed = ParseAction(Sized(9, 9), text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("expected A1 to J9 or pass"));
  }
}

TEST(GoScore, IsWrittenAsInSgf) {
  EXPECT_EQ(ScoreText(3.5F), "B+3.5");
  EXPECT_EQ(ScoreText(-12), "W+12");
  EXPECT_EQ(ScoreText(0), "0");
}

TEST(GoStart, SurvivesJson) {
  const Rules rules = Sized(9, 9);
  Start start{.komi = -3.5F, .handicap = 2, .black = {0, 5}, .white = {7}};
  start.to_play = Color::kWhite;
  EXPECT_EQ(StartFromJson(rules, StartToJson(rules, start), {}).value(), start);
  const Start handicap = MakeStart(rules, 0.5F, 3).value();
  EXPECT_EQ(StartToJson(rules, handicap), Json({{"komi", 0.5}, {"handicap", 3}}));
  EXPECT_EQ(StartFromJson(rules, StartToJson(rules, handicap), {}).value(), handicap);
}

TEST(GoStart, MessagesNameTheKeyAndTheValue) {
  const auto message = [](const char* text) {
    const auto start = StartFromJson(Sized(9, 9), Json::parse(text), {});
    return start ? std::string("accepted") : start.error().message;
  };
  EXPECT_THAT(message(R"({"komi": "7"})"), HasSubstr("komi: expected a number, got \"7\""));
  EXPECT_THAT(message(R"({"komi": 7.3})"), HasSubstr("multiple of 0.5"));
  EXPECT_THAT(message(R"({"komi": 1e300})"), HasSubstr("komi"));
  EXPECT_THAT(message(R"({"handicap": 1})"), HasSubstr("expected 2 to 9"));
  EXPECT_THAT(message(R"({"handicap": 4294967298})"), HasSubstr("handicap"));
  EXPECT_THAT(message(R"({"komi_": 7})"), HasSubstr("unknown key \"komi_\""));
  EXPECT_THAT(message(R"({"black": "D4"})"), HasSubstr("list of coordinates"));
  EXPECT_THAT(message(R"({"black": ["D4", "D4"]})"), HasSubstr("two set-up stones at D4"));
  EXPECT_THAT(message(R"({"black": ["D4"], "white": ["Z4"]})"), HasSubstr("white: \"Z4\""));
  EXPECT_THAT(message(R"({"black": ["A2", "B1"], "white": ["A1"]})"),
              HasSubstr("A1 has no liberties"));
  EXPECT_THAT(message(R"({"to_play": "red"})"), HasSubstr("to_play"));
}

TEST(GoEnvironment, DrawsKomiAndHandicapWithinTheirRanges) {
  GoOptions options;
  options.komi = 6.5F;
  options.komi_jitter = 2;
  options.random_handicap = 4;
  const auto environment = GoEnvironment::Make(options).value();
  RandomStream random(std::uint64_t{3});
  std::set<double> komis;
  std::set<int> handicaps;
  for (int i = 0; i < 200; ++i) {
    const Task task = environment->SampleTask(random);
    komis.insert(task.parameters.at("komi").get<double>());
    handicaps.insert(task.parameters.at("handicap").get<int>());
    ASSERT_TRUE(environment->NewState(task).has_value());
  }
  EXPECT_THAT(komis, testing::ElementsAre(4.5, 5.5, 6.5, 7.5, 8.5));
  EXPECT_THAT(handicaps, testing::ElementsAre(0, 2, 3, 4));
}

TEST(GoEnvironment, HasEightSymmetriesOnSquaresAndFourOnRectangles) {
  GoOptions options;
  options.rules = Sized(5, 5);
  EXPECT_EQ(GoEnvironment::Make(options).value()->spec().symmetries.size(), 8U);
  options.rules = Sized(5, 4);
  EXPECT_EQ(GoEnvironment::Make(options).value()->spec().symmetries.size(), 4U);
}

TEST(GoPlayout, SpeedIsMeasuredOverTheTimeAsked) {
  const PlayoutSpeed speed = PlayoutsPerSecond(Sized(9, 9), std::chrono::milliseconds(20), 1);
  EXPECT_GT(speed.playouts, 0);
  EXPECT_GE(speed.seconds, 0.02);
  EXPECT_GT(speed.moves_per_playout, 60);
  EXPECT_LT(speed.moves_per_playout, 160);
}

}  // namespace
}  // namespace tesuji::env::go
