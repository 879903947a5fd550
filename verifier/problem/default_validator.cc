#include "verifier/problem/default_validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace tesuji::verifier {
namespace {

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Walks over one text and knows its line.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  int line() const { return line_; }
  std::string_view Space() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsSpace(text_[at_])) line_ += text_[at_++] == '\n' ? 1 : 0;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view Token() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !IsSpace(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

/// A decimal number: digits with an optional point and exponent. No hex, no inf, no nan.
std::optional<long double> ParseFloat(std::string_view token) {
  std::size_t i = 0;
  if (i < token.size() && (token[i] == '+' || token[i] == '-')) ++i;
  std::size_t digits = 0;
  while (i < token.size() && IsDigit(token[i])) ++i, ++digits;
  if (i < token.size() && token[i] == '.') {
    ++i;
    while (i < token.size() && IsDigit(token[i])) ++i, ++digits;
  }
  if (digits == 0) return std::nullopt;
  if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
    ++i;
    if (i < token.size() && (token[i] == '+' || token[i] == '-')) ++i;
    const std::size_t first = i;
    while (i < token.size() && IsDigit(token[i])) ++i;
    if (i == first) return std::nullopt;
  }
  if (i != token.size()) return std::nullopt;
  return std::strtold(std::string(token).c_str(), nullptr);
}

bool SameText(std::string_view a, std::string_view b, bool case_sensitive) {
  if (a.size() != b.size()) return false;
  if (case_sensitive) return a == b;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(a[i])) !=
        std::tolower(static_cast<unsigned char>(b[i]))) {
      return false;
    }
  }
  return true;
}

std::string Quote(std::string_view token) {
  return token.size() <= 40 ? fmt::format("'{}'", token)
                            : fmt::format("'{}…' ({} bytes)", token.substr(0, 40), token.size());
}

/// Why the two tokens differ; empty when they do not.
std::optional<std::string> TokenDifference(std::string_view judge, std::string_view team,
                                           const ValidatorFlags& flags) {
  if (judge == team) return std::nullopt;
  if (flags.absolute_tolerance || flags.relative_tolerance) {
    if (const auto expected = ParseFloat(judge)) {
      const auto got = ParseFloat(team);
      if (!got) return fmt::format("expected a number, got {}", Quote(team));
      const long double error = std::fabs(*expected - *got);
      if (flags.absolute_tolerance && error <= *flags.absolute_tolerance) return std::nullopt;
      if (flags.relative_tolerance && error <= *flags.relative_tolerance * std::fabs(*expected)) {
        return std::nullopt;
      }
      return fmt::format("expected {}, got {}: off by {:.3g}", Quote(judge), Quote(team),
                         static_cast<double>(error));
    }
  }
  if (SameText(judge, team, flags.case_sensitive)) return std::nullopt;
  // The beginnings of long tokens are often the same: show where they part.
  std::size_t same = 0;
  while (same < std::min(judge.size(), team.size()) &&
         SameText(judge.substr(same, 1), team.substr(same, 1), flags.case_sensitive)) {
    ++same;
  }
  if (same < 30) return fmt::format("expected {}, got {}", Quote(judge), Quote(team));
  return fmt::format("byte {} of a token: expected {}, got {}", same + 1, Quote(judge.substr(same)),
                     Quote(team.substr(same)));
}

}  // namespace

Result<ValidatorFlags> ParseValidatorFlags(const std::vector<std::string>& words) {
  ValidatorFlags flags;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "case_sensitive") {
      flags.case_sensitive = true;
    } else if (word == "space_change_sensitive") {
      flags.space_change_sensitive = true;
    } else if (word == "float_tolerance" || word == "float_relative_tolerance" ||
               word == "float_absolute_tolerance") {
      char* end = nullptr;
      const double value = i + 1 < words.size() ? std::strtod(words[i + 1].c_str(), &end) : -1;
      if (end == nullptr || *end != 0 || !(value >= 0)) {
        return Fail(fmt::format("{} needs a number >= 0 after it", word));
      }
      const bool absolute = word != "float_relative_tolerance";
      const bool relative = word != "float_absolute_tolerance";
      if ((absolute && flags.absolute_tolerance) || (relative && flags.relative_tolerance)) {
        return Fail(fmt::format("{} sets a tolerance that is set already", word));
      }
      ++i;
      if (absolute) flags.absolute_tolerance = value;
      if (relative) flags.relative_tolerance = value;
    } else {
      return Fail(fmt::format("'{}' is not a flag of the default validator", word));
    }
  }
  return flags;
}

std::optional<std::string> FirstDifference(std::string_view answer, std::string_view output,
                                           const ValidatorFlags& flags) {
  Reader judge(answer);
  Reader team(output);
  for (;;) {
    const std::string_view judge_space = judge.Space();
    const std::string_view team_space = team.Space();
    if (flags.space_change_sensitive && judge_space != team_space) {
      return fmt::format("line {}: white space differs", team.line());
    }
    const int line = team.line();
    const std::string_view expected = judge.Token();
    const std::string_view got = team.Token();
    if (expected.empty() && got.empty()) return std::nullopt;
    if (got.empty())
      return fmt::format("line {}: ends where {} is expected", line, Quote(expected));
    if (expected.empty()) return fmt::format("line {}: trailing {}", line, Quote(got));
    if (auto difference = TokenDifference(expected, got, flags)) {
      return fmt::format("line {}: {}", line, *difference);
    }
  }
}

}  // namespace tesuji::verifier
