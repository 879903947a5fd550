// Which stones are dead when a game stops, found without a network: what is settled by Benson's
// rule is certain; the rest is decided by playouts to the very end, and by a search of its own for
// each chain that playouts leave in doubt.
//
// A playout takes and saves stones in atari, fills no own eye, and never puts a chain into atari
// unless its stones would leave a shape that kills. So groups that live, die or stand in seki keep
// doing so in most playouts. The result depends on the position alone: the random numbers are
// fixed.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "env/go/board.h"

namespace tesuji::env::go {

enum class StoneStatus : std::uint8_t { kAlive, kDead, kSeki };

struct FinalStatusOptions {
  int playouts = 600;  ///< Half of them begin with Black, half with White.
  int searched = 16;   ///< Chains that the playouts leave in doubt and that are searched, at most.
  /// Owners of the cells as a network sees them, Black +1; may be empty. Asked only about chains
  /// that live when their owner moves first and die when the opponent does.
  std::span<const float> ownership = {};
};

/// Of each cell's chain; kAlive for empty cells.
std::vector<StoneStatus> FindFinalStatus(const Board& board,
                                         const FinalStatusOptions& options = {});

/// Of each cell: its mean owner at the end of playouts that begin with `first`, Black +1.
std::vector<float> PlayoutOwnership(const Board& board, Color first, int playouts);

}  // namespace tesuji::env::go
