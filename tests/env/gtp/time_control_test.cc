#include "env/go/gtp/time_control.h"

#include <gtest/gtest.h>

namespace tesuji::gtp {
namespace {

using env::go::Color;

TimeControl Without(double lag = 0) { return TimeControl({.lag = Duration(lag)}); }

double Budget(const TimeControl& time, Color color, int moves_left) {
  return time.Budget(color, moves_left)->count();
}

TEST(TimeControl, HasNoBudgetWithoutALimit) {
  TimeControl time;
  EXPECT_FALSE(time.Budget(Color::kBlack, 30));
  time.SetLeft(Color::kBlack, Duration(1), 0);
  EXPECT_FALSE(time.Budget(Color::kBlack, 30));
}

TEST(TimeControl, SpreadsMainTimeOverTheMovesToCome) {
  TimeControl time = Without();
  time.Set({.main = Duration(600)});
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 20);
  time.Spend(Color::kBlack, Duration(300));
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 10);
  EXPECT_DOUBLE_EQ(Budget(time, Color::kWhite, 30), 20);
}

TEST(TimeControl, NeverLosesAWholeGameOnTime) {
  TimeControl time = Without(0.2);
  time.Set({.main = Duration(60)});
  double used = 0;
  for (int move = 0; move < 89; ++move) {  // To the move limit of 9x9.
    const double budget = Budget(time, Color::kBlack, ExpectedMovesLeft(81, 2 * move, 178));
    time.Spend(Color::kBlack, Duration(budget + 0.05));  // The pipe takes some of the lag.
    used += budget + 0.05;
  }
  EXPECT_GT(used, 30);
  EXPECT_LT(used, 60);
}

TEST(TimeControl, GivesEachCanadianMoveItsShareOfThePeriod) {
  TimeControl time = Without();
  time.Set({.overtime = Overtime::kCanadian, .period = Duration(100), .stones = 10});
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 10);
  time.Spend(Color::kBlack, Duration(46));
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 6);
  for (int i = 0; i < 9; ++i) time.Spend(Color::kBlack, Duration(1));
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 10);  // A new period.
}

TEST(TimeControl, UsesWhatOvertimeGrantsBeforeMainTimeIsOver) {
  TimeControl time = Without();
  time.Set({.main = Duration(60),
            .overtime = Overtime::kCanadian,
            .period = Duration(100),
            .stones = 10});
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 10);  // Not 2: ten a move come later anyway.
  time.Spend(Color::kBlack, Duration(59));
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 10);
  time.Spend(Color::kBlack, Duration(11));
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 10);  // (100 - 10) seconds for 9 stones.
}

TEST(TimeControl, KeepsWithinAByoYomiPeriod) {
  TimeControl time = Without(0.5);
  time.Set({.overtime = Overtime::kByoYomi, .period = Duration(30), .stones = 5});
  EXPECT_DOUBLE_EQ(Budget(time, Color::kWhite, 50), 29.5);
  time.Spend(Color::kWhite, Duration(29));
  EXPECT_DOUBLE_EQ(Budget(time, Color::kWhite, 50), 29.5);
}

TEST(TimeControl, TakesTheControllersWord) {
  TimeControl time = Without();
  time.Set({.main = Duration(600),
            .overtime = Overtime::kCanadian,
            .period = Duration(30),
            .stones = 5});
  time.SetLeft(Color::kBlack, Duration(12), 4);
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 30), 3);
  time.SetLeft(Color::kBlack, Duration(90), 0);
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 10), 9);
}

TEST(TimeControl, LeavesALittleTimeEvenWhenThereIsNone) {
  TimeControl time;
  time.Set({.main = Duration(10)});
  time.SetLeft(Color::kBlack, Duration(0), 0);
  EXPECT_GT(Budget(time, Color::kBlack, 30), 0);
  EXPECT_LT(Budget(time, Color::kBlack, 30), 0.1);
  time.SetLeft(Color::kBlack, Duration(-5), 3);
  EXPECT_LT(Budget(time, Color::kBlack, 30), 0.1);
}

TEST(TimeControl, FillsTheClocksForANewGame) {
  TimeControl time = Without();
  time.Set({.main = Duration(100)});
  time.Spend(Color::kBlack, Duration(90));
  time.Restart();
  EXPECT_DOUBLE_EQ(Budget(time, Color::kBlack, 10), 10);
}

}  // namespace
}  // namespace tesuji::gtp
