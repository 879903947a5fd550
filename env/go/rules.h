// The rules of Go as values: board size, ko rule, suicide, move limit (fixed for an environment),
// and the start of one game: komi, handicap, stones already on the board.
//
// Scoring is always Tromp-Taylor area scoring without removal of dead stones
// (https://tromp.github.io/go.html). Points are Black's minus White's. Handicap stones are not
// compensated: White's compensation, where wanted, belongs into komi.
// Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji::env::go {

inline constexpr int kMinSide = 2;
inline constexpr int kMaxSide = 19;
inline constexpr int kMaxCells = kMaxSide * kMaxSide;

/// Black is env::Player::kFirst, also in handicap games, where White moves first.
enum class Color : std::uint8_t { kEmpty = 0, kBlack = 1, kWhite = 2 };

/// REQUIRES: a stone colour.
constexpr Color Opponent(Color color) {
  return color == Color::kBlack ? Color::kWhite : Color::kBlack;
}

/// What a stone may not recreate. A pass is never forbidden.
enum class KoRule : std::uint8_t {
  kPositional,   ///< Any earlier whole-board position (Tromp-Taylor).
  kSituational,  ///< Any earlier position with the same player to move.
  kSimple,       ///< The present position and the one before the opponent's last move.
};

/// "positional", "situational", "simple".
std::string_view KoRuleName(KoRule rule);
Result<KoRule> ParseKoRule(std::string_view name);

struct Rules {
  int width = 9;   ///< kMinSide..kMaxSide.
  int height = 9;  ///< kMinSide..kMaxSide.
  KoRule ko = KoRule::kPositional;
  bool suicide = false;  ///< True: a stone may take its own chain off the board.
  int move_limit = 0;    ///< Moves (passes included) after which the game is scored; 0: default.

  int cells() const { return width * height; }
  Action pass() const { return cells(); }
  /// move_limit, or 2 * cells + 16 when that is 0.
  int effective_move_limit() const { return move_limit > 0 ? move_limit : 2 * cells() + 16; }
  friend bool operator==(const Rules&, const Rules&) = default;
};

/// How one game begins. Cells are actions: row * width + column, row 0 on top.
struct Start {
  float komi = 7.5F;               ///< A multiple of 0.5.
  int handicap = 0;                ///< For the record; its stones are in `black`.
  std::vector<Action> black = {};  ///< Handicap or set-up stones.
  std::vector<Action> white = {};
  Color to_play = Color::kBlack;
  friend bool operator==(const Start&, const Start&) = default;
};

/// The customary fixed placement of `stones` (2..9) handicap stones (GTP 2, section 4.1.1), or why
/// this board has none.
Result<std::vector<Action>> FixedHandicap(const Rules& rules, int stones);

/// A start with `stones` handicap stones in fixed placement and White to play; 0 stones: an empty
/// board.
Result<Start> MakeStart(const Rules& rules, float komi, int handicap);

/// Checks that komi is a multiple of 0.5, stones lie on the board, once each, and have liberties.
Status CheckStart(const Rules& rules, const Start& start);

/// A task's parameters: komi, handicap, and, only when they say more than these two, "black",
/// "white" (lists of coordinates such as "D4") and "to_play" ("black" or "white").
Json StartToJson(const Rules& rules, const Start& start);
/// Missing keys take `defaults`.
Result<Start> StartFromJson(const Rules& rules, const Json& parameters, const Start& defaults);

/// Coordinates as in GTP: columns A..T without I from the left, rows from the bottom; "pass".
std::string ActionText(const Rules& rules, Action action);
/// Reads what ActionText() writes, in either case.
Result<Action> ParseAction(const Rules& rules, std::string_view text);

/// "B+3.5", "W+12", "0" for a draw, as in SGF's RE and GTP's final_score.
std::string ScoreText(float score);

}  // namespace tesuji::env::go
