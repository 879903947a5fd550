#include "env/go/komi.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "env/go/number.h"

namespace tesuji::env::go {
namespace {

// From here on a whole number that ends in 25, 50 or 75 counts hundredths: nobody plays with such
// a komi in points.
constexpr double kFirstHundredths = 200;
// Below this a number in quarters counts stones: 3.75, 3.25, 2.75.
constexpr double kMostStones = 5;

bool IsMultipleOf(double number, double unit) { return number / unit == std::floor(number / unit); }

}  // namespace

Result<WrittenKomi> ParseKomi(std::string_view text, int cells) {
  const auto fail = [&](const std::string& expected) {
    std::string shown(Trim(text).substr(0, 20));
    for (char& c : shown) {
      if (c < ' ' || c > '~') c = '?';
    }
    return Fail(fmt::format("komi {}: expected {}", shown, expected));
  };
  const auto number = ParseDecimal(text);
  if (!number) return fail("a decimal number such as 6.5");
  double size = std::abs(*number);
  if (size >= kFirstHundredths && IsMultipleOf(size, 25) && !IsMultipleOf(size, 100)) size /= 100;
  WrittenKomi komi;
  komi.counts_stones = size < kMostStones && IsMultipleOf(size, 0.25) && !IsMultipleOf(size, 0.5);
  if (komi.counts_stones) size *= 2;
  if (size > cells) {
    return fail(fmt::format("at most {} either way, the cells of the board", cells));
  }
  if (!IsMultipleOf(size, 0.5)) return fail("a multiple of 0.5, for scores come in halves");
  komi.points = static_cast<float>(*number < 0 ? -size : size);
  return komi;
}

}  // namespace tesuji::env::go
