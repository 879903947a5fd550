// The one rule by which a written komi is read: by records (KM), by GTP and by nobody else.
//
// Points in steps of 0.5, at most as many as the board has cells, either way. Two notations of
// Chinese servers are understood: stones instead of points (3.75 is 7.5 points), and hundredths of
// either (375 and 650 are 7.5 and 6.5 points). Anything else is refused; nothing is rounded.
// Thread-safety: pure functions.
#pragma once

#include <string_view>

#include "core/result.h"

namespace tesuji::env::go {

/// The komi of a record that names none.
inline constexpr float kKomiOfRecords = 7.5F;

struct WrittenKomi {
  float points = 0;
  /// The text counts stones, each worth two points; such records may count their result so too.
  bool counts_stones = false;
};

/// Reads a decimal number, with a point or a comma.
Result<WrittenKomi> ParseKomi(std::string_view text, int cells);

}  // namespace tesuji::env::go
