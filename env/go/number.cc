#include "env/go/number.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace tesuji::env::go {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::optional<double> ParseDecimal(std::string_view text) {
  std::string digits(Trim(text));
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.erase(0, 1);
  std::ranges::replace(digits, ',', '.');
  if (digits.find_first_not_of("0123456789.") != std::string::npos) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                            std::chars_format::fixed);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return negative ? -number : number;
}

}  // namespace tesuji::env::go
