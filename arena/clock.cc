#include "arena/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tesuji::arena {

Status TimeLimits::Check() const {
  constexpr double kMost = 1e6;  // Eleven days.
  const auto is_time = [](Seconds time, double least) {
    return std::isfinite(time.count()) && time.count() >= least && time.count() <= kMost;
  };
  if (!is_time(main, 0)) return Fail("main time: expected 0 to 1000000 seconds");
  if (!is_time(margin, 0)) return Fail("the margin: expected 0 to 1000000 seconds");
  if (overtime == Overtime::kNone) return {};
  if (!is_time(period, 0.01)) return Fail("overtime: expected 0.01 to 1000000 seconds");
  if (overtime == Overtime::kFischer) {
    if (main.count() > 0) return {};
    return Fail("an increment needs main time, or there is none for the first move");
  }
  if (stones < 1 || stones > 1000) return Fail("overtime: expected 1 to 1000 moves or periods");
  return {};
}

std::string TimeLimits::Text() const {
  switch (overtime) {
    case Overtime::kNone:
      break;
    case Overtime::kCanadian:
      if (main.count() == 0 && stones == 1) return fmt::format("{:g} s a move", period.count());
      return fmt::format("{:g} s and {} moves in each {:g} s", main.count(), stones,
                         period.count());
    case Overtime::kByoYomi:
      return fmt::format("{:g} s and {} periods of {:g} s", main.count(), stones, period.count());
    case Overtime::kFischer:
      return fmt::format("{:g} s and {:g} s more with each move", main.count(), period.count());
  }
  return limited() ? fmt::format("{:g} s", main.count()) : "no limit";
}

void PlayerClock::Restart() {
  left_ = limits_.main;
  stones_ = 0;
  if (left_.count() > 0) return;
  left_ = limits_.period;
  stones_ = limits_.stones;
}

Seconds PlayerClock::available() const {
  if (limits_.overtime == Overtime::kByoYomi) {
    return stones_ > 0 ? limits_.period * stones_ : left_ + limits_.period * limits_.stones;
  }
  if (limits_.overtime == Overtime::kCanadian && stones_ == 0) return left_ + limits_.period;
  return left_;
}

bool PlayerClock::Spend(Seconds used) {
  if (stones_ > 0) return SpendOvertime(used);
  if (used <= left_) {
    left_ -= used;
    if (limits_.overtime == Overtime::kFischer) left_ += limits_.period;
    if (left_.count() > 0) return true;
    used = Seconds(0);
  } else {
    used -= left_;
  }
  // Main time is over.
  left_ = Seconds(0);
  if (limits_.overtime == Overtime::kCanadian || limits_.overtime == Overtime::kByoYomi) {
    left_ = limits_.period;
    stones_ = limits_.stones;
    return used.count() == 0 || SpendOvertime(used);
  }
  if (limits_.overtime == Overtime::kFischer) left_ = limits_.period;
  return used <= limits_.margin;
}

bool PlayerClock::SpendOvertime(Seconds used) {
  if (used > left_) used = std::max(left_, used - limits_.margin);
  if (limits_.overtime == Overtime::kByoYomi) {
    const double outlasted = std::ceil(used / limits_.period) - 1;
    if (outlasted >= stones_) {
      stones_ = 0;
      return false;
    }
    stones_ -= std::max(0, static_cast<int>(outlasted));
    return true;
  }
  if (used > left_) return false;
  left_ -= used;
  if (--stones_ == 0) {
    left_ = limits_.period;
    stones_ = limits_.stones;
  }
  return true;
}

}  // namespace tesuji::arena
