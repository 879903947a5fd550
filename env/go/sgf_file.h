// SGF files as they come: compressed with gzip, in any character set, with broken games among
// whole ones. What is read is UTF-8.
//
// The character set: UTF-16 and UTF-8 with a byte-order mark are recognised by it. Otherwise each
// game's CA holds for it. Without CA, text that is valid UTF-8 stays as it is, and other text is
// taken for ISO-8859-1, which is FF[4]'s default.
// A game that can't be read costs itself only: reading goes on where the next game begins.
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "env/go/sgf.h"

namespace tesuji::env::go {

struct SgfEntry {
  SgfTree game;
  std::string problem;  ///< Why the game can't be read; "" when it is whole.
  /// "" or one line: what of the text could not be read as its character set says.
  std::string remark;
};

/// The games of a file in order; at least one. Fails when the file holds no game, can't be
/// decompressed, or is larger than the limits.
Result<std::vector<SgfEntry>> ReadSgfFile(std::string_view bytes, const SgfLimits& limits = {});

}  // namespace tesuji::env::go
