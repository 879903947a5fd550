// Does one chain live? A tree search over the playouts of status_playout.h, with one question: who
// owns its cells in the end.
//
// Sources: L. Kocsis, C. Szepesvari, "Bandit based Monte-Carlo Planning" (2006); S. Gelly,
// D. Silver, "Combining Online and Offline Knowledge in UCT" (2007) for the shared move values.
// Thread-safety: the stream belongs to the caller.
#pragma once

#include "core/random.h"
#include "env/go/board.h"
#include "env/go/cell_set.h"

namespace tesuji::env::go {

struct LifeQuestion {
  int chain = 0;  ///< A stone of it.
  Color first = Color::kBlack;
  int playouts = 500;
};

/// Whether the chain lives when `first` moves first. Nobody plays on `closed` cells.
bool Lives(const Board& board, const LifeQuestion& question, const CellSet& closed,
           RandomStream* random);

}  // namespace tesuji::env::go
