// The explicit list of families that tell the arena more than their rules.
// Thread-safety: a free function.
#pragma once

#include <memory>

#include "arena/game_hooks.h"

namespace tesuji::cli {

/// The hooks of the environment's family; those of any game where it has none. Never null.
std::shared_ptr<const arena::GameHooks> GameHooksOf(const env::Environment& environment);

}  // namespace tesuji::cli
