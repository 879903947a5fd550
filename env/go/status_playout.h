// The playout that final_status.h counts on: see there for what its players do and do not do.
// Thread-safety: the board and the stream belong to the caller.
#pragma once

#include <vector>

#include "core/random.h"
#include "env/go/board.h"
#include "env/go/cell_set.h"

namespace tesuji::env::go {

struct PlayedMove {
  int cell = -1;  ///< -1: a pass.
  Color color = Color::kBlack;
};

struct PlayoutStart {
  Color first = Color::kBlack;
  int ko_cell = -1;  ///< Where a ko forbids the first move; -1: nowhere.
};

/// Plays `board` on until neither side has a move that makes sense. Nobody plays on `closed` cells.
/// Appends its moves to `moves`, which may be null.
void StatusPlayout(Board* board, const PlayoutStart& start, const CellSet& closed,
                   RandomStream* random, std::vector<PlayedMove>* moves = nullptr);

/// Would the move leave its own chain in atari for nothing: it takes no stone, and the stones that
/// are then lost do not kill by their shape? REQUIRES: `cell` empty.
bool IsBadAtari(const Board& board, int cell, Color color);

}  // namespace tesuji::env::go
