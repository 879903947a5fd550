// 2048: a lone agent and chance. A tile appears (chance), the agent slides all tiles one way.
// Actions: a 2 at each cell, a 4 at each cell (chance), then up, right, down, left (the agent).
// Thread-safety: as the contract says.
#pragma once

#include "api/registry.h"

namespace tesuji::env {

/// id "2048", for the registry.
EnvironmentFactory Game2048Factory();

}  // namespace tesuji::env
