#include "campaign/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tesuji::campaign
