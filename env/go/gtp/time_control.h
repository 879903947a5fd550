// How long one move may take: main time, then Canadian or Japanese (byo-yomi) overtime, or main
// time that grows with each move (Fischer), for both colours. Keeps its own books from the times it
// is told, and takes the controller's word (time_left) where it comes.
//
// Knows no clock: durations come in from outside, so that tests need not sleep.
// Thread-safety: one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "env/go/rules.h"

namespace tesuji::gtp {

using Duration = std::chrono::duration<double>;  ///< Seconds.

enum class Overtime : std::uint8_t {
  kNone,      ///< The game is lost when main time is over.
  kCanadian,  ///< `stones` moves in each `period`.
  kByoYomi,   ///< `stones` periods of `period`, each used up only by a move that is longer.
  kFischer,   ///< After each move `period` is added to main time.
};

struct TimeSettings {
  Duration main{0};
  Overtime overtime = Overtime::kNone;
  Duration period{0};
  int stones = 0;            ///< Canadian: moves a period. Byo-yomi: periods.
  Duration main_limit{1e9};  ///< Fischer: main time never grows beyond this.
  Duration move_limit{1e9};  ///< Fischer: no move may take longer.
};

struct TimePolicy {
  /// Kept back for pipes and networks, each move.
  Duration lag{0.2};
  /// Never less, even when time is as good as over: a move must be found.
  Duration least{0.02};
};

class TimeControl {
 public:
  explicit TimeControl(TimePolicy policy = {}) : policy_(policy) {}

  void SetUnlimited() { limited_ = false; }
  void Set(const TimeSettings& settings);
  /// GTP's time_left: `stones` 0 means that `time` is main time. Ignored without a time limit.
  void SetLeft(env::go::Color color, Duration time, int stones);
  /// Back to full clocks, for a new game.
  void Restart();

  bool limited() const { return limited_; }
  /// Time for the next move of `color`, who expects `moves_left` more (>= 1) of its own. Empty
  /// without a limit.
  std::optional<Duration> Budget(env::go::Color color, int moves_left) const;
  /// `color` has made a move and taken `used` for it.
  void Spend(env::go::Color color, Duration used);

 private:
  struct Clock {
    Duration left{0};
    int stones = 0;  // 0: main time.
  };
  Clock& clock(env::go::Color color) { return clocks_[color == env::go::Color::kWhite]; }
  const Clock& clock(env::go::Color color) const {
    return clocks_[color == env::go::Color::kWhite];
  }
  void EnterOvertime(Clock* clock, Duration used) const;
  // What overtime grants one move.
  Duration OvertimeMove() const;

  TimePolicy policy_;
  TimeSettings settings_;
  bool limited_ = false;
  Clock clocks_[2];
};

/// Moves a player may expect to make still on a board of `cells` after `moves` of both players,
/// when no game has more than `move_limit`.
int ExpectedMovesLeft(int cells, int moves, int move_limit);

}  // namespace tesuji::gtp
