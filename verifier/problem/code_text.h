// Reading source text without a compiler: comments and strings blanked, brackets, names. Enough to
// find a function's signature; what it misreads, a compiler or interpreter rejects later.
// Thread-safety: free functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tesuji::verifier {

bool IsNameCharacter(char c);

/// C++ or JavaScript `text` with comments, and on demand quoted text and directives, as blanks of
/// the same length. The line's end of a directive becomes a ';', so that it bounds what follows.
std::string Blanked(const std::string& text, bool all);

/// Where `word` stands as a whole name, from `from` on; npos: nowhere.
std::size_t FindName(std::string_view text, std::string_view word, std::size_t from = 0);

/// The bracket that closes the one at `open`; npos: none.
std::size_t ClosingBracket(std::string_view code, std::size_t open);

/// The parts between commas outside all brackets; none for blank text.
std::vector<std::string> SplitParameters(const std::string& text);

/// The last name in `text`; empty: none.
std::string LastName(const std::string& text);

/// Where a definition of `name` with a body begins, at brace depth 0 of blanked code; npos: none.
/// The position is that of the name.
std::size_t FindDefinition(const std::string& code, const std::string& name);

/// Opening less closing braces of blanked code.
int OpenBlocks(std::string_view code);

/// Whether blanked code that begins within one block closes it.
bool ClosesBlock(std::string_view code);

}  // namespace tesuji::verifier
