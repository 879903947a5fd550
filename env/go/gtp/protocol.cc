#include "env/go/gtp/protocol.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

namespace tesuji::gtp {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 32 || byte == 127;
}

bool IsDigits(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

// Ids are whole numbers up to 2^31 - 1; anything else at the front is the command itself.
std::optional<std::uint32_t> ParseId(std::string_view text) {
  if (!IsDigits(text) || text.size() > 10) return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value > 0x7fffffffU) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

// An answer may hold no empty line and no control characters but tab and line break.
std::string Harmless(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  std::string out;
  out.reserve(text.size() + 8);
  bool line_empty = false;  // The first line follows "= ", so it is never empty.
  for (const char c : text) {
    if (c == '\n') {
      if (line_empty) out += ' ';
      line_empty = true;
      out += '\n';
    } else if (!IsControl(c) || c == '\t') {
      line_empty = false;
      out += c;
    }
  }
  return out;
}

// std::from_chars knows no plus sign.
std::string_view WithoutPlus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<Command> ParseCommand(std::string_view line) {
  std::string text;
  for (const char c : line.substr(0, line.find('#'))) {
    if (c == '\t') text += ' ';
    if (!IsControl(c)) text += c;
  }
  std::vector<std::string> words;
  std::vector<std::size_t> ends;  // Where each word ends in the text.
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string::npos;) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    ends.push_back(end);
    at = end;
  }
  if (words.empty()) return std::nullopt;

  Command command;
  std::size_t first = 0;
  command.id = ParseId(words[0]);
  if (command.id) {
    if (words.size() == 1) return std::nullopt;
    first = 1;
  }
  command.rest = text.substr(ends[first]);
  command.rest.erase(0, command.rest.find_first_not_of(' '));
  command.rest.erase(command.rest.find_last_not_of(' ') + 1);
  command.name = std::move(words[first]);
  command.arguments.assign(std::make_move_iterator(words.begin() + 1 + first),
                           std::make_move_iterator(words.end()));
  return command;
}

std::string FormatResponse(std::optional<std::uint32_t> id, bool success, std::string_view text) {
  std::string out = success ? "=" : "?";
  if (id) out += std::to_string(*id);
  const std::string body = Harmless(text);
  if (!body.empty()) out += ' ';
  return out + body + "\n\n";
}

std::string StreamedResponseHead(std::optional<std::uint32_t> id) {
  std::string head = "=";
  if (id) head += std::to_string(*id);
  return head += '\n';
}

Result<Response> ParseResponse(std::string_view bytes) {
  while (!bytes.empty() && (bytes.front() == '\n' || bytes.front() == '\r')) bytes.remove_prefix(1);
  while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) bytes.remove_suffix(1);
  if (bytes.empty() || (bytes.front() != '=' && bytes.front() != '?')) {
    std::string shown(bytes.substr(0, std::min<std::size_t>(bytes.find('\n'), 60)));
    for (char& c : shown) {
      if (IsControl(c)) c = '.';
    }
    return Fail("an answer must begin with '=' or '?', this one is \"" + shown + "\"");
  }
  Response response;
  response.success = bytes.front() == '=';
  bytes.remove_prefix(1);
  while (!bytes.empty() && bytes.front() >= '0' && bytes.front() <= '9') bytes.remove_prefix(1);
  while (!bytes.empty() && (bytes.front() == ' ' || bytes.front() == '\t')) bytes.remove_prefix(1);
  for (const char c : bytes) {
    if (c != '\r') response.text += c;
  }
  return response;
}

std::optional<env::go::Color> ParseColor(std::string_view text) {
  const std::string lower = LowerCase(text);
  if (lower == "b" || lower == "black") return env::go::Color::kBlack;
  if (lower == "w" || lower == "white") return env::go::Color::kWhite;
  return std::nullopt;
}

std::string_view ColorLetter(env::go::Color color) {
  return color == env::go::Color::kBlack ? "B" : "W";
}

std::optional<int> ParseInt(std::string_view text) {
  int value = 0;
  text = WithoutPlus(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  text = WithoutPlus(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::string LowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

void LineSplitter::Feed(std::string_view bytes, std::vector<Line>* lines) {
  for (const char c : bytes) {
    if (c == '\n') {
      lines->push_back(std::move(current_));
      current_ = {};
      any_ = false;
      continue;
    }
    any_ = true;
    if (c == '\r') continue;
    if (current_.text.size() < kMaxLineBytes) {
      current_.text += c;
    } else {
      current_.too_long = true;
    }
  }
}

std::optional<LineSplitter::Line> LineSplitter::Finish() {
  if (!any_) return std::nullopt;
  any_ = false;
  Line line = std::move(current_);
  current_ = {};
  return line;
}

}  // namespace tesuji::gtp
