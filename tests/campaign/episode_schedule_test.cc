#include "campaign/episode_schedule.h"

#include <gtest/gtest.h>

namespace tesuji::campaign {
namespace {

TEST(EpisodeSchedule, CountsFromZeroToItsLimit) {
  EpisodeSchedule schedule({}, 2);
  EXPECT_EQ(schedule.Next(), 0U);
  EXPECT_EQ(schedule.Next(), 1U);
  EXPECT_EQ(schedule.Next(), std::nullopt);
}

TEST(EpisodeSchedule, PlaysWhatAKilledProcessLostFirst) {
  EpisodeSchedule schedule({5, 0, 2}, 0);
  EXPECT_EQ(schedule.missing(), 3U);
  EXPECT_EQ(schedule.Next(), 1U);
  EXPECT_EQ(schedule.Next(), 3U);
  EXPECT_EQ(schedule.Next(), 4U);
  EXPECT_EQ(schedule.Next(), 6U);
}

TEST(EpisodeSchedule, HandsOutNothingBeyondALimitThatIsReached) {
  EpisodeSchedule schedule({0, 1, 2}, 3);
  EXPECT_EQ(schedule.Next(), std::nullopt);
}

TEST(EpisodeSchedule, WhatCameToNothingIsPlayedAgainAfterOthersAndNotForEver) {
  EpisodeSchedule schedule({}, 0);
  EXPECT_EQ(schedule.Next(), 0U);
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(schedule.PlayAgain(0));
    int others = 0;
    while (schedule.Next() != 0U) ++others;
    EXPECT_GT(others, 10);
    EXPECT_LT(others, 30);
  }
  EXPECT_FALSE(schedule.PlayAgain(0));
}

TEST(EpisodeSchedule, WhatCameToNothingIsPlayedAgainWhenNothingElseIsLeft) {
  EpisodeSchedule schedule({}, 1);
  EXPECT_EQ(schedule.Next(), 0U);
  EXPECT_TRUE(schedule.PlayAgain(0));
  EXPECT_EQ(schedule.Next(), 0U);
  EXPECT_EQ(schedule.Next(), std::nullopt);
}

}  // namespace
}  // namespace tesuji::campaign
