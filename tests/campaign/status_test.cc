#include "campaign/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "campaign/evaluation.h"

namespace tesuji::campaign {
namespace {

Json Status(const Json& elo, const Json& error) {
  return {{"store", "x.db"},
          {"episodes", 3},
          {"verified", 3},
          {"rejected", 0},
          {"dropped", 0},
          {"heldout", 0},
          {"unfinished", 0},
          {"actions", 9},
          {"checkpoints",
           {{{"id", 1},
             {"episodes", 3},
             {"training_steps", 7},
             {"loss", 0.5},
             {"elo", elo},
             {"elo_error", error}}}},
          {"players", Json::array()},
          {"matches", Json::array()}};
}

TEST(StatusTable, RatingsAreShownWithTheirErrorOrWithoutOne) {
  EXPECT_THAT(StatusTable(Status(120.4, 31.2)), testing::HasSubstr("120 ± 31\n"));
  // A checkpoint that won every game has a rating without an upper bound.
  EXPECT_THAT(StatusTable(Status(900.0, nullptr)), testing::HasSubstr("900 ± -\n"));
  EXPECT_THAT(StatusTable(Status(nullptr, nullptr)), testing::HasSubstr("-\n"));
}

TEST(StatusTable, ScoresAreWrittenOut) {
  Json status = Status(nullptr, nullptr);
  status["checkpoints"][0].update(
      {{"mean_score", 41234.4}, {"evaluation_score", 770.25}, {"evaluation_score_error", 123.4}});
  const std::string table = StatusTable(status);
  EXPECT_THAT(table, testing::HasSubstr(" 41234 "));
  EXPECT_THAT(table, testing::HasSubstr("770.2 ± 123 "));
}

TEST(Evaluation, GamesOfTwoWithChanceHaveNoMatchesAndSayWhy) {
  env::Spec spec;
  spec.player_count = 2;
  EXPECT_EQ(Evaluation::WhyNone(spec), "");
  spec.has_chance = true;
  EXPECT_THAT(Evaluation::WhyNone(spec), testing::HasSubstr("with chance"));
  spec.player_count = 1;
  EXPECT_THAT(Evaluation::WhyNone(spec), testing::HasSubstr("no opponent"));
}

TEST(StatusTable, SaysWhyNothingMeasuresTheCheckpoints) {
  Json status = Status(nullptr, nullptr);
  status["unplayed"] = "no matches are played: for a reason";
  EXPECT_THAT(StatusTable(status), testing::HasSubstr("no matches are played: for a reason\n"));
}

Json Match(const std::string& opponent, int wins, const Json& settings) {
  return {{"player", "checkpoint:1"},
          {"opponent", opponent},
          {"wins", wins},
          {"draws", 0},
          {"losses", 1},
          {"settings", settings}};
}

TEST(StatusTable, MatchesAgainstOneOpponentAreToldApartByTheirSettings) {
  Json status = Status(0, nullptr);
  status["matches"] = {Match("checkpoint:0", 3, {{"visits", 64}}),
                       Match("checkpoint:0", 5, {{"visits", 400}}),
                       Match("checkpoint:0", 4, {{"visits", 64}, {"forfeits", {0, 2}}}),
                       Match("random", 9, nullptr)};
  const std::string table = StatusTable(status);
  const auto line = [&](const std::string& part) {
    const auto at = table.find(part);
    return at == std::string::npos ? "no " + part : table.substr(at, table.find('\n', at) - at);
  };
  // Equal settings are one line with all games.
  EXPECT_THAT(line(" 64 visits"), testing::HasSubstr("7 won   0 drawn    2 lost"));
  EXPECT_THAT(line(" 64 visits"), testing::HasSubstr("2 forfeited, not counted"));
  EXPECT_THAT(line(" 400 visits"), testing::HasSubstr("5 won   0 drawn    1 lost"));
  EXPECT_THAT(line("against random"), testing::HasSubstr("visits unknown"));
}

}  // namespace
}  // namespace tesuji::campaign
