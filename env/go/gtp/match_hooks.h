// What Go tells the arena: points and passes, SGF records, GTP engines as players and referees.
// Thread-safety: a free function; the hooks are immutable.
#pragma once

#include <memory>

#include "arena/game_hooks.h"

namespace tesuji::gtp {

/// For matches of a GoEnvironment.
std::shared_ptr<const arena::GameHooks> GoMatchHooks();

}  // namespace tesuji::gtp
