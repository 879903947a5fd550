// What `tesuji arena` prints: results of all matches as a table or as JSON, whether they are
// complete or not.
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "arena/match.h"
#include "arena/solo.h"
#include "cli/command.h"

namespace tesuji::cli {

/// The games of one pair of players, as far as they were played.
struct ArenaMatch {
  std::string a;
  std::string b;
  std::vector<arena::MatchGame> games;
};

struct ArenaResult {
  std::vector<std::string> players;
  std::vector<ArenaMatch> matches;  ///< Every pair, in the players' order.
  std::size_t asked = 0;            ///< Games of all matches.
  std::string incomplete;           ///< Why games are missing; "": none is.
};

/// Exit code kFailed when a game is missing, was forfeited or is void; else kDone.
ExitCode PrintMatches(const ArenaResult& result, bool json);

struct SoloResult {
  std::vector<arena::SoloReport> reports;
  std::size_t asked = 0;  ///< Episodes of all players.
  std::string incomplete;
};

/// Exit code kFailed when an episode is missing; else kDone.
ExitCode PrintScores(const SoloResult& result, bool json);

}  // namespace tesuji::cli
