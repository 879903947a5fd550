// One game of a match in flight: two players at a table, the referee's book between them.
// Only arena/*.cc include this. Thread-safety: one thread at a time.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "arena/game_hooks.h"
#include "arena/match.h"

namespace tesuji::arena {

class MatchTable {
 public:
  /// `players` are the contestants', in their order. `hooks` and `referee` (or null) are borrowed.
  MatchTable(const env::Environment& environment, const GameHooks& hooks,
             std::array<std::unique_ptr<Player>, 2> players, std::array<std::string, 2> names,
             Referee* referee)
      : environment_(environment),
        hooks_(hooks),
        players_(std::move(players)),
        names_(std::move(names)),
        referee_(referee) {}

  /// Seats the players for game `number`, contestant `first` as the environment's first player.
  /// Fails when the opening makes no game.
  Status Start(int number, int first, const Opening& opening, std::uint64_t seed);
  /// Plays on as far as it goes without waiting. True while the game is going on. A player that
  /// runs a process does not begin its move unless `may_start_engine`.
  bool Advance(bool may_start_engine);
  bool playing() const { return playing_; }
  /// The player who thinks; null while a move waits to be begun, or after the end.
  Player* thinker() { return begun_ ? players_[mover()].get() : nullptr; }
  /// The finished game. REQUIRES: Start() was called and !playing().
  MatchGame TakeGame() { return std::move(game_); }

 private:
  // Whose turn it is, as a contestant.
  int mover() const {
    return state_->to_play() == env::Player::kFirst ? game_.first : 1 - game_.first;
  }
  void Play(env::Action action);
  void Finish(GameEnd end, int winner, std::string reason);
  void Score();

  const env::Environment& environment_;
  const GameHooks& hooks_;
  std::array<std::unique_ptr<Player>, 2> players_;
  std::array<std::string, 2> names_;
  Referee* referee_;  // May be null.
  std::unique_ptr<env::State> state_;
  std::vector<env::Action> legal_;
  MatchGame game_;
  bool playing_ = false;
  bool begun_ = false;  // The mover has been told to move.
};

}  // namespace tesuji::arena
