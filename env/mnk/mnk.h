// m,n,k-games: k in a line on a board of m x n cells. Gomoku (15,15,5), tic-tac-toe (3,3,3).
// An environment with parameters that shape its spec. Actions are the cells, row by row.
// Thread-safety: as the contract says.
#pragma once

#include "api/registry.h"

namespace tesuji::env {

/// id "mnk", for the registry.
EnvironmentFactory MnkFactory();

}  // namespace tesuji::env
