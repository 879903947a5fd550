// Tic-tac-toe: the smallest environment, for exact tests and as an example of the contract.
// Actions are the nine cells, row by row. Without parameters.
// Thread-safety: as the contract says.
#pragma once

#include <memory>

#include "api/environment.h"
#include "api/registry.h"

namespace tesuji::env {

std::unique_ptr<const Environment> MakeTicTacToe();

/// id "tictactoe", for the registry.
EnvironmentFactory TicTacToeFactory();

}  // namespace tesuji::env
