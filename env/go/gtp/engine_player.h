// A GTP engine as a player of matches, asked for its moves without ever blocking.
// Thread-safety: as arena::Player, one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "arena/clock.h"
#include "arena/contestant.h"
#include "arena/player.h"
#include "env/go/gtp/client.h"

namespace tesuji::gtp {

struct EnginePlayerOptions {
  std::string command;  ///< Shell syntax.
  EngineProcessOptions process;
  /// For a move without a clock.
  std::chrono::milliseconds move_timeout{60'000};
  /// A clock for each game; without limits: none. The engine is told by time_settings, whose
  /// numbers are whole, kgs-time_settings or kata-time_settings, and by time_left before each move.
  arena::TimeLimits time = {};
};

/// Go only. The process starts with the first game.
std::unique_ptr<arena::Player> MakeEnginePlayer(const EnginePlayerOptions& options);

/// Its check starts the program once: it must answer, take the board and understand the clock.
arena::Contestant EngineContestant(std::string name, const EnginePlayerOptions& options);

}  // namespace tesuji::gtp
