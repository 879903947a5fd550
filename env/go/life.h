// Unconditional life: stones that live and area that is safe even when their owner always passes.
//
// Source: D. B. Benson, "Life in the Game of Go" (1976). What is called settled here is certain;
// most living groups of a real game are not settled, because they would need an answer to an
// attack.
// Thread-safety: pure functions on values.
#pragma once

#include "env/go/board.h"
#include "env/go/cell_set.h"

namespace tesuji::env::go {

struct SettledArea {
  CellSet stones;  ///< Of chains that cannot be taken while their owner passes.
  /// `stones`, and the regions that they enclose in which the opponent has no room for two eyes:
  /// the opponent's stones there are dead.
  CellSet area;
};

/// What is settled for `color`. Suicide of the opponent does not change it.
SettledArea FindSettled(const Board& board, Color color);

}  // namespace tesuji::env::go
