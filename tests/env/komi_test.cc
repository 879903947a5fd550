#include "env/go/komi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tesuji::env::go {
namespace {

using testing::HasSubstr;

TEST(Komi, ReadsPointsInHalves) {
  for (const auto& [text, points] : {std::pair("7.5", 7.5F),
                                     {"0", 0.0F},
                                     {"-5", -5.0F},
                                     {" +6.50 ", 6.5F},
                                     {"6,5", 6.5F},
                                     {"81", 81.0F},
                                     {"-81", -81.0F}}) {
    const auto komi = ParseKomi(text, 81);
    ASSERT_TRUE(komi) << text << ": " << komi.error().message;
    EXPECT_EQ(komi->points, points) << text;
    EXPECT_FALSE(komi->counts_stones);
  }
}

TEST(Komi, ReadsStonesAndHundredthsOfChineseServers) {
  for (const auto& [text, points] : {std::pair("3.75", 7.5F),
                                     {"375", 7.5F},
                                     {"3.25", 6.5F},
                                     {"325", 6.5F},
                                     {"650", 6.5F},
                                     {"750", 7.5F},
                                     {"-2.75", -5.5F},
                                     {"275", 5.5F},
                                     {"0.25", 0.5F}}) {
    for (const int cells : {81, 361}) {
      const auto komi = ParseKomi(text, cells);
      ASSERT_TRUE(komi) << text << ": " << komi.error().message;
      EXPECT_EQ(komi->points, points) << text;
    }
  }
  EXPECT_TRUE(ParseKomi("3.75", 81)->counts_stones);
  EXPECT_TRUE(ParseKomi("375", 81)->counts_stones);
  EXPECT_FALSE(ParseKomi("650", 81)->counts_stones);
}

TEST(Komi, RefusesTheRestAndRoundsNothing) {
  for (const char* text : {"6.9", "6.75", "6.4999", "7.50001", "0.1"}) {
    EXPECT_THAT(ParseKomi(text, 81).error().message, HasSubstr("multiple of 0.5")) << text;
  }
  for (const char* text : {"81.5", "-82", "400", "1000", "99999999999"}) {
    EXPECT_THAT(ParseKomi(text, 81).error().message, HasSubstr("at most 81 either way")) << text;
  }
  EXPECT_THAT(ParseKomi("400", 361).error().message, HasSubstr("at most 361"));
  for (const char* text : {"", "much", "nan", "inf", "0x7", "1e1", "7.5 points", "6.5.5", "--7",
                           "7;5", ".", "\x01\xff"}) {
    EXPECT_THAT(ParseKomi(text, 81).error().message, HasSubstr("a decimal number")) << text;
  }
}

}  // namespace
}  // namespace tesuji::env::go
