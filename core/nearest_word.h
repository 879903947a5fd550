// The word that somebody may have meant.
// Thread-safety: a free function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tesuji {

/// The element of `known` nearest to `word` by edit distance, or "" when nothing is near.
std::string NearestWord(std::string_view word, const std::vector<std::string>& known);

}  // namespace tesuji
