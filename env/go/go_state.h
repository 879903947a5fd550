// A game of Go in progress: turns, ko and superko, passes, the end, area scoring.
//
// Actions: row * width + column with row 0 on top, then the pass. Black is Player::kFirst.
// The game ends after two passes in a row or at the move limit; it is then scored as it stands.
// ContinueWith() lets people and programs go on after the end; self-play never does.
// Undo is done by replaying moves() without the last from start(); states are cheap to copy (one
// allocation each for stones, positions and moves).
// Thread-safety: one thread at a time; the context must outlive the state.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/environment.h"
#include "env/go/board.h"
#include "env/go/position_history.h"
#include "env/go/rules.h"

namespace tesuji::env::go {

/// What all states of one environment share. Immutable.
struct Context {
  explicit Context(const Rules& game_rules)
      : rules(game_rules), geometry(game_rules.width, game_rules.height) {}
  Rules rules;
  Geometry geometry;
};

struct Move {
  std::int16_t action = 0;  ///< The pass is rules.pass().
  Color color = Color::kBlack;
  friend bool operator==(const Move&, const Move&) = default;
};

/// Why a move cannot be played.
enum class Legality : std::uint8_t {
  kLegal,
  kGameOver,
  kOffBoard,
  kOccupied,
  kSuicide,
  kKo,       ///< Takes back at once in a ko: no rule set allows it.
  kSuperko,  ///< Repeats an earlier position, as the ko rule in force does not allow.
};

inline bool IsKo(Legality legality) {
  return legality == Legality::kKo || legality == Legality::kSuperko;
}

class GoState final : public State {
 public:
  /// REQUIRES: CheckStart() passes.
  GoState(const Context* context, std::shared_ptr<const Start> start);

  std::unique_ptr<State> Clone() const override { return std::make_unique<GoState>(*this); }
  Phase phase() const override { return phase_; }
  Player to_play() const override {
    return to_play_ == Color::kBlack ? Player::kFirst : Player::kSecond;
  }
  void LegalActions(std::vector<Action>* out) const override;
  void Apply(Action action) override;
  float Value() const override;  ///< +1 Black wins, -1 White wins, 0 a draw.
  Key128 Fingerprint() const override;
  void Encode(std::span<float> out) const override;
  std::string Artifact() const override;  ///< SGF FF[4] with the result when over.
  std::string ToText() const override;
  std::string ActionToText(Action action) const override;
  FinalTargets Targets() const override;
  std::string Termination() const override;  ///< "two-passes", "move-limit".

  // For GTP, SGF and people.
  const Rules& rules() const { return context_->rules; }
  const Start& start() const { return *start_; }
  const Board& board() const { return board_; }
  Color at(int cell) const { return board_.at(cell); }
  Color color_to_play() const { return to_play_; }
  float komi() const { return start_->komi; }
  const std::vector<Move>& moves() const { return moves_; }
  /// Do colours alternate from start().to_play on, so that actions alone tell the game?
  bool alternates() const { return alternates_; }
  /// Opponent's stones that `color` took (its suicides count for the other side).
  int captures(Color color) const { return captures_[static_cast<int>(color) - 1]; }
  Legality Check(Action action) const { return Check(action, to_play_); }
  Legality Check(Action action, Color color) const;
  /// Plays for `color` out of turn (GTP and SGF allow it); nobody's pass is invented.
  /// REQUIRES: Check(action, color) == kLegal.
  void Play(Action action, Color color);
  /// Goes on with `color` to move, after the end or out of turn: a new end needs two more passes,
  /// and the move limit counts from here. Moves, positions of superko and captures are kept.
  void ContinueWith(Color color);
  /// Black's area minus White's minus komi, as the board stands now, in any phase.
  float Score() const { return static_cast<float>(board_.AreaScore()) - komi(); }
  /// The task that leads to start().
  Task StartTask() const;

 private:
  bool KoForbids(int cell, Color color) const;
  Key128 HistoryKey(const Key128& position, Color next) const;
  bool LastWasPass() const;
  /// Calls visit(cell) for the empty cells that a ko rule alone forbids to the player to move.
  template <class Visit>
  void ForEachForbidden(Visit visit) const;

  const Context* context_;
  std::shared_ptr<const Start> start_;
  Board board_;
  PositionHistory history_;
  std::vector<Move> moves_;
  Color to_play_;
  Phase phase_ = Phase::kOngoing;
  bool alternates_ = true;
  std::int16_t ko_cell_ = -1;  // Simple ko only.
  int passes_from_ = 0;        // Passes among the moves before do not end the game any more.
  int limit_;                  // The game ends after so many moves.
  int captures_[2] = {0, 0};
};

template <class Visit>
void GoState::ForEachForbidden(Visit visit) const {
  if (rules().ko == KoRule::kSimple && !rules().suicide) {
    if (ko_cell_ >= 0) visit(int{ko_cell_});
  } else if (rules().suicide) {
    for (int cell = 0; cell < board_.cells(); ++cell) {
      if (board_.at(cell) == Color::kEmpty && KoForbids(cell, to_play_)) visit(cell);
    }
  } else {
    board_.taken(to_play_).ForEach([&](int cell) {
      if (board_.at(cell) == Color::kEmpty && !board_.IsSuicide(cell, to_play_) &&
          KoForbids(cell, to_play_)) {
        visit(cell);
      }
    });
  }
}

/// "occupied", "suicide", "ko", …
std::string_view LegalityName(Legality legality);

/// Number of planes Encode() fills, and what each holds.
inline constexpr int kObservationPlanes = 16;
std::span<const std::string_view> ObservationPlaneNames();

}  // namespace tesuji::env::go
