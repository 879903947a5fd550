// Area scores after the removal of dead stones, and when passing is enough to win.
//
// Under Tromp-Taylor rules every stone on the board is alive. Programs and people stop earlier, so
// a chain may be called dead: by env/go/final_status.h or by another program.
// Scores are Black's points minus White's, komi included. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "env/go/final_status.h"
#include "env/go/go_state.h"

namespace tesuji::gtp {

/// Area score after taking the cells of `dead` off the board.
float ScoreWithout(const env::go::GoState& state, std::span<const env::Action> dead);

/// Whose each cell then is: Black +1, White -1.
std::vector<std::int8_t> AreaWithout(const env::go::GoState& state,
                                     std::span<const env::Action> dead);

/// The cells with status kDead.
std::vector<env::Action> DeadStones(std::span<const env::go::StoneStatus> statuses);

/// True when the opponent of `color` has just passed, so that passing ends the game, and `color`
/// wins it then, the board counted as it stands.
bool PassWins(const env::go::GoState& state, env::go::Color color);

}  // namespace tesuji::gtp
