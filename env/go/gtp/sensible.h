// Which moves make sense at the end of a game, whatever a search says: a search that sees the same
// value everywhere would fill its own area or play into settled area without end.
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <vector>

#include "env/go/go_state.h"

namespace tesuji::gtp {

/// A player who expects less than this share of the games to be won is lost.
inline constexpr double kLostBelow = 0.05;

/// For each cell: may `color` play there sensibly? Never true where nothing can change any more:
/// in unconditionally settled area without stones to take, and in own eyes. When the game is
/// `lost`, also false in what playouts give to either side with near certainty, for then nothing
/// but the score can be spoilt. Legality is not looked at.
std::vector<bool> SensibleCells(const env::go::GoState& state, env::go::Color color, bool lost);

/// Moves of `color` that work towards taking the opponent's stones among `dead`, the best first:
/// liberties of the chains with fewest liberties, then cells beside those. Empty: none is possible.
std::vector<env::Action> CapturingMoves(const env::go::GoState& state, env::go::Color color,
                                        std::span<const env::Action> dead);

}  // namespace tesuji::gtp
