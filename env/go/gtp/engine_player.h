// A GTP engine as a player of matches, asked for its moves without ever blocking.
// Thread-safety: as arena::Player, one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "arena/contestant.h"
#include "arena/player.h"
#include "env/go/gtp/client.h"

namespace tesuji::gtp {

struct EnginePlayerOptions {
  std::string command;  ///< Shell syntax.
  EngineProcessOptions process;
  std::chrono::milliseconds move_timeout{60'000};
  /// Sent after each new game; answers are not looked at.
  std::vector<std::string> setup;
};

/// Go only. The process starts with the first game.
std::unique_ptr<arena::Player> MakeEnginePlayer(const EnginePlayerOptions& options);

/// Its check starts the program once and asks for its name and the board.
arena::Contestant EngineContestant(std::string name, const EnginePlayerOptions& options);

}  // namespace tesuji::gtp
