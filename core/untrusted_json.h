// JSON that nobody vouches for. Printing and destroying a value recurse, and so does most code that
// walks through one: text that nests too deep must be refused before it becomes a value.
// Thread-safety: free functions.
#pragma once

#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace tesuji {

/// No text that a person or a program writes for us nests deeper.
inline constexpr int kDeepestJson = 64;

/// The most arrays and objects that lie within each other at any place of a text, whatever else may
/// be wrong with it. Brackets within strings do not count. Takes time in proportion to the text.
int JsonDepth(std::string_view text);

/// Fails when the text is no JSON, nests deeper than `deepest`, or has a key twice in one object,
/// which two readers would see differently. The message is a part of a line: "nested deeper than
/// 64".
Result<Json> ParseUntrustedJson(std::string_view text, int deepest = kDeepestJson);

}  // namespace tesuji
