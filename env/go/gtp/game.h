// The game on an engine's board, with the liberties that GTP takes: moves out of turn, undo, a new
// komi in the middle, going on after the end.
//
// The game is over after two passes. It may go on all the same: then moves, captures and the
// positions of superko go on with it. The move limit of self-play does not end it.
// Thread-safety: one thread at a time. The environment is kept alive by the game.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/result.h"
#include "env/go/go_environment.h"
#include "env/go/go_state.h"

namespace tesuji::gtp {

class Game {
 public:
  explicit Game(std::shared_ptr<const env::go::GoEnvironment> environment);

  /// A new game. Fails when the start makes no sense on this board.
  Status Reset(const env::go::Start& start);
  const env::go::Rules& rules() const { return environment_->rules(); }
  /// As given to Reset(), with the present komi.
  const env::go::Start& start() const { return start_; }
  /// The position. Over after two passes.
  const env::go::GoState& state() const { return *state_; }
  const std::vector<env::go::Move>& moves() const { return moves_; }
  bool over() const { return state_->phase() != env::Phase::kOngoing; }
  bool empty() const;  ///< No stone and no move.

  /// Never kGameOver: one may always go on.
  env::go::Legality Check(env::Action action, env::go::Color color) const;
  /// REQUIRES: Check() says legal.
  void Play(env::Action action, env::go::Color color);
  /// False when there is no move to take back.
  bool Undo();
  /// REQUIRES: a multiple of 0.5 that CheckStart() takes.
  void SetKomi(float komi);
  int captures(env::go::Color color) const { return state_->captures(color); }

  /// The position as one to search from: ongoing, `color` to play.
  std::unique_ptr<env::go::GoState> StateFor(env::go::Color color) const;
  /// Changes with everything but a move in turn: as long as it stays, state().moves() only grows.
  std::uint64_t epoch() const { return epoch_; }

 private:
  std::unique_ptr<env::go::GoState> FromStart() const;
  void PlayOn(env::Action action, env::go::Color color);

  std::shared_ptr<const env::go::GoEnvironment> environment_;
  env::go::Start start_;
  std::unique_ptr<env::go::GoState> state_;
  std::vector<env::go::Move> moves_;  // All since start_, beyond ends too.
  std::uint64_t epoch_ = 0;
};

}  // namespace tesuji::gtp
