#include "env/matmul/format.h"

#include <fmt/format.h>

#include <algorithm>

namespace tesuji::env::matmul {
namespace {

struct Known {
  std::array<int, 3> sides;  // Ascending.
  int z2;
  int ternary;
};

constexpr std::array<Known, 20> kKnown = {{
    {{2, 2, 2}, 7, 7},   {{2, 2, 3}, 11, 11}, {{2, 2, 4}, 14, 14}, {{2, 2, 5}, 18, 18},
    {{2, 3, 3}, 15, 15}, {{2, 3, 4}, 20, 20}, {{2, 3, 5}, 25, 25}, {{2, 4, 4}, 26, 26},
    {{2, 4, 5}, 33, 33}, {{2, 5, 5}, 40, 40}, {{3, 3, 3}, 23, 23}, {{3, 3, 4}, 29, 29},
    {{3, 3, 5}, 36, 36}, {{3, 4, 4}, 38, 38}, {{3, 4, 5}, 47, 47}, {{3, 5, 5}, 58, 58},
    {{4, 4, 4}, 47, 49}, {{4, 4, 5}, 60, 61}, {{4, 5, 5}, 73, 76}, {{5, 5, 5}, 93, 93},
}};

}  // namespace

std::string_view RingName(Ring ring) { return ring == Ring::kZ2 ? "Z2" : "ternary"; }

Result<Ring> ParseRing(std::string_view name) {
  if (name == "Z2") return Ring::kZ2;
  if (name == "ternary") return Ring::kTernary;
  return Fail(fmt::format("ring \"{}\": expected \"Z2\" or \"ternary\"", name.substr(0, 40)));
}

std::string Format::ToText() const { return fmt::format("{}x{}x{}", n, m, p); }

Status CheckFormat(const Format& format) {
  for (const int side : {format.n, format.m, format.p}) {
    if (side < 1 || side > kMaxSide) {
      return Fail(fmt::format("format {}: every side must be 1 to {}", format.ToText(), kMaxSide));
    }
  }
  return {};
}

Result<Format> ParseFormat(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '1' && text[at] <= '0' + kMaxSide; };
  if (text.size() != 5 || text[1] != 'x' || text[3] != 'x' || !digit(0) || !digit(2) || !digit(4)) {
    return Fail(fmt::format("format \"{}\": expected three sides of 1 to {} such as \"4x4x5\"",
                            text.substr(0, 40), kMaxSide));
  }
  return Format{.n = text[0] - '0', .m = text[2] - '0', .p = text[4] - '0'};
}

std::optional<int> PublishedRank(const Format& format, Ring ring) {
  std::array<int, 3> sides = {format.n, format.m, format.p};
  std::ranges::sort(sides);
  for (const Known& known : kKnown) {
    if (known.sides == sides) return ring == Ring::kZ2 ? known.z2 : known.ternary;
  }
  return std::nullopt;
}

}  // namespace tesuji::env::matmul
