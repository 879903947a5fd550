// One factor of a term: a linear form over the entries of a matrix, and its arithmetic. Written for
// whole schemes; walks have an arithmetic of their own (ring.h), and tests hold one against the
// other. Thread-safety: values.
#pragma once

#include <array>
#include <cstdint>

#include "env/matmul/format.h"

namespace tesuji::env::matmul {

/// Two bit planes over the entries, row-major: where the coefficient is +1 and where it is -1. Over
/// Z2 `minus` is 0.
struct FactorBits {
  std::uint32_t plus = 0;
  std::uint32_t minus = 0;
  bool zero() const { return (plus | minus) == 0; }
  int coefficient(int entry) const {
    return static_cast<int>((plus >> entry) & 1U) - static_cast<int>((minus >> entry) & 1U);
  }
  /// Whether the first coefficient that is not 0 is -1.
  bool starts_negative() const {
    const std::uint32_t all = plus | minus;
    return (minus & all & (~all + 1)) != 0;
  }
  FactorBits operator-() const { return {.plus = minus, .minus = plus}; }
  friend auto operator<=>(const FactorBits&, const FactorBits&) = default;
};

/// a, b, c.
using Term = std::array<FactorBits, 3>;

/// *sum = x + y. False: a coefficient leaves the ring.
inline bool Add(const FactorBits& x, const FactorBits& y, Ring ring, FactorBits* sum) {
  if (ring == Ring::kZ2) {
    *sum = {.plus = x.plus ^ y.plus, .minus = 0};
    return true;
  }
  if ((x.plus & y.plus) != 0 || (x.minus & y.minus) != 0) return false;
  const std::uint32_t plus = x.plus | y.plus;
  const std::uint32_t minus = x.minus | y.minus;
  *sum = {.plus = plus & ~minus, .minus = minus & ~plus};
  return true;
}

}  // namespace tesuji::env::matmul
