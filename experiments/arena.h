// Games between two players of any two-player environment, many at once in one thread, so that each
// network sees large batches. Every opening is played twice with colours swapped.
// Thread-safety: a free function; run several in several threads with different seeds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "env/environment.h"
#include "learner/model.h"
#include "search/options.h"

namespace tesuji::experiments {

struct ArenaPlayer {
  std::string name;
  /// Null: plays uniformly random legal actions.
  std::shared_ptr<const learner::Network> network;
  search::SearchOptions search;
};

struct ArenaOptions {
  int games = 2;            ///< Rounded up to pairs.
  int opening_actions = 4;  ///< Sampled from the players' raw policies before play in earnest.
  std::uint64_t seed = 0;
  int interleaved = 32;                    ///< Games in flight at once.
  std::function<bool()> stop;              ///< Polled; may be empty. Ends with what is finished.
  std::function<void(int done)> progress;  ///< May be empty.
};

/// From the first player's (`a`'s) view.
struct ArenaScore {
  int wins = 0;
  int draws = 0;
  int losses = 0;
  int games() const { return wins + draws + losses; }
};

/// REQUIRES: a two-player environment without chance whose episodes are scored by rules.
ArenaScore PlayArena(const env::Environment& environment, const ArenaPlayer& a,
                     const ArenaPlayer& b, const ArenaOptions& options);

}  // namespace tesuji::experiments
