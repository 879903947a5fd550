// Clocks of engines: when is a game lost on time?
#include "arena/clock.h"

#include <gtest/gtest.h>

#include <limits>

namespace tesuji::arena {
namespace {

PlayerClock Clock(TimeLimits limits, double margin = 0) {
  limits.margin = Seconds(margin);
  EXPECT_TRUE(limits.Check());
  return PlayerClock(limits);
}

TEST(PlayerClock, MainTimeAloneIsOverWhenItIsUsedUp) {
  PlayerClock clock = Clock({.main = Seconds(10)});
  EXPECT_TRUE(clock.Spend(Seconds(4)));
  EXPECT_EQ(clock.available(), Seconds(6));
  EXPECT_EQ(clock.stones(), 0);
  EXPECT_FALSE(clock.Spend(Seconds(6.1)));
}

TEST(PlayerClock, TheMarginIsForgivenOnEachMoveAndNeverAddsUp) {
  PlayerClock clock = Clock({.main = Seconds(10)}, 0.5);
  EXPECT_TRUE(clock.Spend(Seconds(10.4)));
  EXPECT_EQ(clock.available(), Seconds(0));
  EXPECT_TRUE(clock.Spend(Seconds(0.4)));
  EXPECT_FALSE(clock.Spend(Seconds(0.6)));
}

TEST(PlayerClock, ByoYomiLosesAPeriodForEachThatAMoveOutlasts) {
  PlayerClock clock = Clock(
      {.main = Seconds(10), .overtime = Overtime::kByoYomi, .period = Seconds(5), .stones = 3});
  EXPECT_EQ(clock.available(), Seconds(25));
  EXPECT_TRUE(clock.Spend(Seconds(12)));  // Two seconds into the first period.
  EXPECT_EQ(clock.stones(), 3);
  EXPECT_TRUE(clock.Spend(Seconds(5)));
  EXPECT_EQ(clock.stones(), 3);
  EXPECT_TRUE(clock.Spend(Seconds(5.5)));
  EXPECT_EQ(clock.stones(), 2);
  EXPECT_EQ(clock.left(), Seconds(5));
  EXPECT_EQ(clock.available(), Seconds(10));
  EXPECT_FALSE(clock.Spend(Seconds(10.1)));
}

TEST(PlayerClock, ByoYomiForgivesTheMarginAtAPeriodsEnd) {
  PlayerClock clock =
      Clock({.overtime = Overtime::kByoYomi, .period = Seconds(5), .stones = 1}, 0.5);
  EXPECT_TRUE(clock.Spend(Seconds(5.4)));
  EXPECT_TRUE(clock.Spend(Seconds(5.4)));
  EXPECT_FALSE(clock.Spend(Seconds(5.6)));
}

TEST(PlayerClock, CanadianOvertimeGrantsStonesAndThenANewPeriod) {
  PlayerClock clock = Clock({.overtime = Overtime::kCanadian, .period = Seconds(10), .stones = 2});
  EXPECT_EQ(clock.left(), Seconds(10));
  EXPECT_EQ(clock.stones(), 2);
  EXPECT_TRUE(clock.Spend(Seconds(9)));
  EXPECT_EQ(clock.stones(), 1);
  EXPECT_TRUE(clock.Spend(Seconds(1)));
  EXPECT_EQ(clock.left(), Seconds(10));  // The rest is not carried over.
  EXPECT_EQ(clock.stones(), 2);
  EXPECT_FALSE(clock.Spend(Seconds(11)));
}

TEST(PlayerClock, TheMoveThatEndsMainTimeIsTheFirstOfACanadianPeriod) {
  PlayerClock clock = Clock(
      {.main = Seconds(3), .overtime = Overtime::kCanadian, .period = Seconds(10), .stones = 5});
  EXPECT_TRUE(clock.Spend(Seconds(5)));
  EXPECT_EQ(clock.left(), Seconds(8));
  EXPECT_EQ(clock.stones(), 4);
}

TEST(PlayerClock, FischerAddsTheIncrementAfterEachMove) {
  PlayerClock clock =
      Clock({.main = Seconds(10), .overtime = Overtime::kFischer, .period = Seconds(2)});
  EXPECT_TRUE(clock.Spend(Seconds(1)));
  EXPECT_EQ(clock.available(), Seconds(11));
  EXPECT_FALSE(clock.Spend(Seconds(11.5)));
}

TEST(PlayerClock, RestartFillsIt) {
  PlayerClock clock = Clock({.main = Seconds(10)});
  EXPECT_TRUE(clock.Spend(Seconds(9)));
  clock.Restart();
  EXPECT_EQ(clock.available(), Seconds(10));
}

TEST(TimeLimits, RefuseWhatMakesNoClock) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(TimeLimits{.main = Seconds(nan)}.Check());
  EXPECT_FALSE(TimeLimits{.main = Seconds(-1)}.Check());
  EXPECT_FALSE(TimeLimits{.main = Seconds(1e9)}.Check());
  EXPECT_FALSE((TimeLimits{.overtime = Overtime::kByoYomi, .period = Seconds(5)}.Check()));
  EXPECT_FALSE((TimeLimits{.overtime = Overtime::kCanadian, .stones = 3}.Check()));
  EXPECT_FALSE((TimeLimits{.overtime = Overtime::kFischer, .period = Seconds(5)}.Check()));
  EXPECT_FALSE(TimeLimits{}.limited());
}

}  // namespace
}  // namespace tesuji::arena
