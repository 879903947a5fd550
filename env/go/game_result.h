// What a record says of a game's end (RE), and what the present rules make of its rules (RU).
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "env/go/go_state.h"
#include "env/go/rules.h"

namespace tesuji::env::go {

enum class ResultKind : std::uint8_t {
  kUnscored,  ///< Void, unknown, a winner without points, or anything else.
  kScore,
  kResigned,
  kTime,
  kForfeit,
};

struct GameResult {
  ResultKind kind = ResultKind::kUnscored;
  float score = 0;  ///< Of kScore: Black's points minus White's.
};

/// Reads the whole value or nothing of it: "B+3.5", "w+12", "B+0,5", "0", "Draw", "jigo", "B+R",
/// "W+Resign", "B+T", "B+Time", "W+F", "W+Forfeit". Letters may be of either case.
GameResult ParseGameResult(std::string_view text);

/// Why a move that `rules` forbid for superko or suicide may have been allowed in the record:
/// "the record's rules are \"Japanese\", which have the simple ko only". Empty when its rules
/// are the same or the move is illegal for another reason.
std::string WhyAllowedThere(std::string_view record_rules, const Rules& rules, Legality legality);

}  // namespace tesuji::env::go
