// The text layer of the Go Text Protocol, version 2 (draft 2): what a line means, what an answer
// looks like. Knows no command and no board.
//
// Hostile input is answered, never trusted: any bytes may come in, overlong lines are cut by
// LineSplitter, and what goes out never breaks the framing (an answer ends at its first empty
// line, so that text inside it cannot contain one).
// Source: Gunnar Farneback, "Specification of the Go Text Protocol, version 2, draft 2" (2002),
// section 2.
// Thread-safety: pure functions and plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "env/go/rules.h"

namespace tesuji::gtp {

/// Longest line that is looked at, in bytes; longer ones are refused as a whole.
inline constexpr std::size_t kMaxLineBytes = 64 * 1024;

/// One line from the controller.
struct Command {
  std::optional<std::uint32_t> id;
  std::string name;  ///< Never empty.
  std::vector<std::string> arguments;
  std::string rest;  ///< All after the name as it was written, for paths with spaces.
};

/// Removes control characters (tabs become spaces) and the comment after '#'; splits at spaces.
/// Empty when the line holds no command: such lines get no answer.
std::optional<Command> ParseCommand(std::string_view line);

/// "= text" or "? text" with the id, ending in an empty line. Empty lines and control characters
/// inside `text` are made harmless.
std::string FormatResponse(std::optional<std::uint32_t> id, bool success, std::string_view text);

/// The first line of an answer whose body is streamed: "=12\n". The body's lines follow, then an
/// empty line.
std::string StreamedResponseHead(std::optional<std::uint32_t> id);

/// What an engine answered, without its id.
struct Response {
  bool success = false;
  std::string text;  ///< Without the leading sign, id, and trailing line breaks.
};

/// Reads one whole answer (everything before its empty line). Fails when it begins with neither
/// '=' nor '?'.
Result<Response> ParseResponse(std::string_view bytes);

/// "b", "B", "black", "w", … in any case.
std::optional<env::go::Color> ParseColor(std::string_view text);
/// "B" or "W". REQUIRES: a stone colour.
std::string_view ColorLetter(env::go::Color color);

/// A whole decimal number with nothing after it.
std::optional<int> ParseInt(std::string_view text);
/// A finite decimal number with nothing after it.
std::optional<double> ParseNumber(std::string_view text);
/// Lower case, ASCII only, whatever the locale.
std::string LowerCase(std::string_view text);

/// Cuts a stream of bytes into lines, remembering at most kMaxLineBytes of one.
class LineSplitter {
 public:
  struct Line {
    std::string text;
    bool too_long = false;  ///< `text` is then only its beginning.
  };
  /// Takes the next bytes and appends the lines they complete. "\n" ends a line; "\r" is dropped.
  void Feed(std::string_view bytes, std::vector<Line>* lines);
  /// At the end of input: a last line without a line break, if there is one.
  std::optional<Line> Finish();

 private:
  Line current_;
  bool any_ = false;
};

}  // namespace tesuji::gtp
