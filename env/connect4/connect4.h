// Connect Four: the shortest complete environment, with an action per column instead of per cell.
// Seven columns of six cells; a player drops a stone into a column, four in a line win. No
// parameters. Thread-safety: as the contract says.
#pragma once

#include "api/registry.h"

namespace tesuji::env {

/// id "connect4", for the registry.
EnvironmentFactory ConnectFourFactory();

}  // namespace tesuji::env
