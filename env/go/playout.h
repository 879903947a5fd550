// Random playouts: the classic measure of a board's speed.
// Moves are drawn at random among those that are legal (superko included) and do not fill an own
// eye; a side without such a move passes.
// Thread-safety: free functions.
#pragma once

#include <chrono>

#include "env/go/go_state.h"

namespace tesuji::env::go {

struct PlayoutSpeed {
  long playouts = 0;
  double seconds = 0;
  double moves_per_playout = 0;
  double black_wins = 0;  ///< Share of playouts that Black wins.
  double per_second() const { return seconds > 0 ? static_cast<double>(playouts) / seconds : 0; }
};

/// Plays from the empty board of `rules` on this thread for about `duration`.
PlayoutSpeed PlayoutsPerSecond(const Rules& rules, std::chrono::milliseconds duration,
                               std::uint64_t seed);

}  // namespace tesuji::env::go
