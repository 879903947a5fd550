#include "env/go/gtp/time_control.h"

#include <algorithm>
#include <cmath>

namespace tesuji::gtp {

void TimeControl::Set(const TimeSettings& settings) {
  settings_ = settings;
  limited_ = true;
  Restart();
}

void TimeControl::Restart() {
  for (Clock& clock : clocks_) {
    clock = {settings_.main, 0};
    if (limited_ && clock.left <= Duration(0)) EnterOvertime(&clock, Duration(0));
  }
}

void TimeControl::SetLeft(env::go::Color color, Duration time, int stones) {
  if (!limited_) return;
  clock(color) = {std::max(time, Duration(0)), std::max(stones, 0)};
}

std::optional<Duration> TimeControl::Budget(env::go::Color color, int moves_left) const {
  if (!limited_) return std::nullopt;
  const Clock& now = clock(color);
  Duration share{0};  // What would be fair.
  Duration most{0};   // What is there.
  if (settings_.overtime == Overtime::kFischer) {
    // The increment is earned again by each move; what is beyond it is shared out.
    share = now.left / std::max(moves_left, 1) + settings_.period;
    most = std::min(now.left, settings_.move_limit);
  } else if (now.stones == 0) {
    share = std::max(now.left / std::max(moves_left, 1), OvertimeMove());
    most = now.left + OvertimeMove();
  } else if (settings_.overtime == Overtime::kByoYomi) {
    // All but the last period may be lost, but they are worth more later in the game.
    share = most = now.left;
  } else {
    share = now.left / now.stones;
    most = now.left;
  }
  return std::max(std::min(share, most) - policy_.lag, policy_.least);
}

void TimeControl::Spend(env::go::Color color, Duration used) {
  if (!limited_) return;
  Clock& now = clock(color);
  if (settings_.overtime == Overtime::kFischer) {
    const Duration left = std::max(now.left - used, Duration(0)) + settings_.period;
    now.left = std::min(left, std::max(settings_.main_limit, settings_.period));
    return;
  }
  if (now.stones == 0) {
    now.left -= used;
    if (now.left <= Duration(0)) EnterOvertime(&now, -now.left);
    return;
  }
  if (settings_.overtime == Overtime::kByoYomi) {
    const Duration over = used - now.left;
    now.left = settings_.period;
    if (over > Duration(0) && settings_.period > Duration(0)) {
      const int lost = 1 + static_cast<int>(std::min(over / settings_.period, 1e6));
      now.stones = std::max(now.stones - lost, 1);
    }
    return;
  }
  now.left = std::max(now.left - used, Duration(0));
  if (--now.stones <= 0) now = {settings_.period, settings_.stones};
}

void TimeControl::EnterOvertime(Clock* clock, Duration used) const {
  switch (settings_.overtime) {
    case Overtime::kNone:
    case Overtime::kFischer:
      *clock = {Duration(0), 0};
      break;
    case Overtime::kCanadian:
      *clock = {std::max(settings_.period - used, Duration(0)), settings_.stones};
      // The move that ran over was the first of the period.
      if (used > Duration(0) && --clock->stones <= 0) *clock = {settings_.period, settings_.stones};
      break;
    case Overtime::kByoYomi:
      *clock = {settings_.period, settings_.stones};
      break;
  }
}

Duration TimeControl::OvertimeMove() const {
  switch (settings_.overtime) {
    case Overtime::kNone:
    case Overtime::kFischer:
      break;
    case Overtime::kCanadian:
      return settings_.period / std::max(settings_.stones, 1);
    case Overtime::kByoYomi:
      return settings_.period;
  }
  return Duration(0);
}

int ExpectedMovesLeft(int cells, int moves, int move_limit) {
  // Games last about 0.75 moves a cell. One that lasts longer may go to the very limit: a fixed
  // part of what that allows is always reckoned with, so that time is never spent before the moves.
  const double usual = 0.75 * cells - moves;
  const double possible = 0.4 * (move_limit - moves);
  return std::max(1, static_cast<int>(std::ceil(std::max({usual, possible, 0.1 * cells}) / 2)));
}

}  // namespace tesuji::gtp
