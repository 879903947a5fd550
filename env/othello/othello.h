// Othello on 8 x 8: an environment with a pass, a score and an owner for every cell at the end.
// Actions are the cells, row by row, then the pass, which is legal exactly when nothing else is.
// Thread-safety: as the contract says.
#pragma once

#include "api/registry.h"

namespace tesuji::env {

/// id "othello", for the registry.
EnvironmentFactory OthelloFactory();

}  // namespace tesuji::env
