// What a family of games tells the arena beyond its rules: its notation, its records, its engines.
// Every function has a default that suits any game, so that most games need none of this. The
// arena itself knows no game: cli/game_hooks.h is the list of families that have hooks.
// Thread-safety: immutable; any thread.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "arena/clock.h"
#include "arena/contestant.h"
#include "arena/match.h"
#include "core/result.h"

namespace tesuji::arena {

/// Another program that plays, as the user names it.
struct EngineRequest {
  std::string name;     ///< The player's.
  std::string command;  ///< Shell syntax.
  /// A program that is silent for longer forfeits the game; without effect where `time` limits its
  /// moves.
  std::chrono::milliseconds silence{60'000};
  TimeLimits time = {};
};

class GameHooks {
 public:
  virtual ~GameHooks() = default;

  /// Erases from the legal actions those that openings leave out; keeps at least one.
  virtual void DropFromOpenings(const env::State& /*state*/,
                                std::vector<env::Action>* /*legal*/) const {}
  /// An action that ends the game at once and wins it for the player to move; empty: none is known
  /// without search.
  virtual std::optional<env::Action> WinningEnd(const env::State& /*state*/) const { return {}; }
  /// Erases from `ranked`, legal actions with the best first, those that spoil a position whatever
  /// a search says of them; may add or move an action, keeps at least one. `expected`: the score
  /// that the player to move expects, 0 to 1.
  virtual void DropSenseless(const env::State& /*state*/, double /*expected*/,
                             std::vector<env::Action>* /*ranked*/) const {}
  /// Reads an action in the game's notation. Default: as State::ActionToText() writes it.
  virtual Result<env::Action> ParseAction(const env::State& state, std::string_view word) const;
  /// "illegal move D4 (occupied)".
  virtual std::string WhyIllegal(const env::State& state, env::Action action) const;
  /// A finished game for files. `names` are the contestants', in their order. Default: the
  /// artifact.
  virtual std::string Record(const env::State& state, const MatchGame& game,
                             const std::array<std::string, 2>& names) const;
  /// A contestant that plays through the program. Default: fails, no protocol is known.
  virtual Result<Contestant> EngineContestant(const EngineRequest& request) const;
  /// Makes referees that ask the program `command`. Default: fails, no protocol is known.
  virtual Result<std::function<std::unique_ptr<Referee>()>> EngineReferee(
      const std::string& command) const;
};

/// The hooks for matches of an environment; never null.
using GameHooksMaker = std::function<std::shared_ptr<const GameHooks>(const env::Environment&)>;

}  // namespace tesuji::arena
