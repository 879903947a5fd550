#include "env/matmul/tensor_check.h"

#include <fmt/format.h>

#include <vector>

namespace tesuji::env::matmul {
namespace {

Status CheckShape(const Scheme& scheme) {
  if (auto status = CheckFormat(scheme.format); !status) return status;
  for (int r = 0; r < scheme.rank(); ++r) {
    for (int side = 0; side < 3; ++side) {
      const FactorBits& factor = scheme.terms[r][side];
      const std::uint32_t outside = ~((1U << scheme.format.entries(side)) - 1);
      if (((factor.plus | factor.minus) & outside) != 0 || (factor.plus & factor.minus) != 0 ||
          (scheme.ring == Ring::kZ2 && factor.minus != 0)) {
        return Fail(fmt::format("term {}: factor {} is not a {} matrix", r, "abc"[side],
                                RingName(scheme.ring)));
      }
      if (factor.zero()) return Fail(fmt::format("term {}: factor {} is zero", r, "abc"[side]));
    }
  }
  return {};
}

// coefficients[term * entries + entry]
std::vector<int> Coefficients(const Scheme& scheme, int side) {
  const int entries = scheme.format.entries(side);
  std::vector<int> out;
  for (const Term& term : scheme.terms) {
    for (int entry = 0; entry < entries; ++entry) out.push_back(term[side].coefficient(entry));
  }
  return out;
}

}  // namespace

Status CheckScheme(const Scheme& scheme) {
  if (auto status = CheckShape(scheme); !status) return status;
  const auto [n, m, p] = scheme.format;
  const std::vector<int> a = Coefficients(scheme, 0);
  const std::vector<int> b = Coefficients(scheme, 1);
  const std::vector<int> c = Coefficients(scheme, 2);
  for (int x = 0; x < n * m; ++x) {
    for (int y = 0; y < m * p; ++y) {
      for (int z = 0; z < n * p; ++z) {
        int sum = 0;
        for (int r = 0; r < scheme.rank(); ++r) {
          sum += a[r * n * m + x] * b[r * m * p + y] * c[r * n * p + z];
        }
        if (scheme.ring == Ring::kZ2) sum %= 2;
        const bool product = x / m == z / p && x % m == y / p && y % p == z % p;
        if (sum == static_cast<int>(product)) continue;
        return Fail(fmt::format(
            "not a scheme for {}: A[{},{}] B[{},{}] reaches C[{},{}] {} times, expected {}",
            scheme.format.ToText(), x / m + 1, x % m + 1, y / p + 1, y % p + 1, z / p + 1,
            z % p + 1, sum, static_cast<int>(product)));
      }
    }
  }
  return {};
}

}  // namespace tesuji::env::matmul
