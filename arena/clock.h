// The clock of a player whose moves another process makes: main time and overtime, and who has lost
// on time. Players inside this program are measured in simulations and have no clock.
//
// A margin is forgiven on each move, for pipes and for our own delays: time that overruns what is
// left by less is charged as what is left. Knows no time of day: durations come from outside.
// Units: seconds. Thread-safety: one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/result.h"

namespace tesuji::arena {

using Seconds = std::chrono::duration<double>;

enum class Overtime : std::uint8_t {
  kNone,      ///< The game is lost when main time is over.
  kCanadian,  ///< `stones` moves in each `period`.
  kByoYomi,   ///< `stones` periods of `period`; a move uses up each that it outlasts.
  kFischer,   ///< Every move adds `period` to main time.
};

struct TimeLimits {
  Seconds main{0};
  Overtime overtime = Overtime::kNone;
  Seconds period{0};
  int stones = 0;
  Seconds margin{0.5};

  bool limited() const { return main.count() > 0 || period.count() > 0; }
  /// Fails, with the reason, when the numbers make no clock.
  Status Check() const;
  /// "60 s and 5 periods of 30 s".
  std::string Text() const;
};

class PlayerClock {
 public:
  /// REQUIRES: limits.Check() and limits.limited().
  explicit PlayerClock(const TimeLimits& limits) : limits_(limits) { Restart(); }

  /// Full again, for a new game.
  void Restart();
  /// The most that the next move may take, the margin not counted.
  Seconds available() const;
  /// As GTP's time_left: main time and 0, or what is left of this period and its stones (byo-yomi:
  /// periods).
  Seconds left() const { return left_; }
  int stones() const { return stones_; }
  /// A move took `used`. False: the game is lost on time.
  bool Spend(Seconds used);

 private:
  bool SpendOvertime(Seconds used);

  TimeLimits limits_;
  Seconds left_{0};
  int stones_ = 0;  // 0: main time.
};

}  // namespace tesuji::arena
