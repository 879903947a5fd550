// Who owns what when a game stops: dead stones, area scores after their removal, and when passing
// is enough to win.
//
// Under Tromp-Taylor rules every stone on the board is alive. Programs and people stop earlier, so
// a chain may be called dead here, by a network's ownership or by another program's word.
// Scores are Black's points minus White's, komi included. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "env/go/go_state.h"

namespace tesuji::gtp {

enum class StoneStatus : std::uint8_t { kAlive, kDead, kSeki };

/// Status of every chain's cells by `ownership` (per cell, Black +1), kAlive for empty cells. A
/// chain is dead when its mean ownership is the opponent's beyond `threshold`; living chains of
/// both colours that share all their liberties in nobody's area are in seki. An empty `ownership`:
/// all alive.
std::vector<StoneStatus> StoneStatuses(const env::go::GoState& state,
                                       std::span<const float> ownership, float threshold = 0.6F);

/// Area score after taking the cells of `dead` off the board.
float ScoreWithout(const env::go::GoState& state, std::span<const env::Action> dead);

/// The cells with status kDead.
std::vector<env::Action> DeadStones(std::span<const StoneStatus> statuses);

/// True when the opponent of `color` has just passed, so that passing ends the game, and `color`
/// wins it then, the board counted as it stands.
bool PassWins(const env::go::GoState& state, env::go::Color color);

}  // namespace tesuji::gtp
