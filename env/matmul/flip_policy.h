// Which flips to try: a policy that is learned (learn_flips.h) and applied by thinning. A walk
// draws a flip uniformly and makes it with probability
//   min(1, 2^(-cost / 16)),  cost = ones * (change of ones) + pairs * (change of pairs)
// where ones are the coefficients of the scheme that are not zero and pairs are the pairs of equal
// factors, i.e. the flips there are. That is a Metropolis chain: it is at schemes of little cost
// more often. Two numbers only, because a flip itself takes 80 ns.
//
// All arithmetic is on integers, so that a recorded walk is the same on every machine.
// Thread-safety: plain value.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace tesuji::env::matmul {

struct FlipPolicy {
  int ones = 0;   ///< Sixteenths of a halving for each coefficient more.
  int pairs = 0;  ///< The same for each pair more; below 0 when pairs are wanted.

  static constexpr int kMost = 256;  ///< Of either, and of minus either.

  bool uniform() const { return ones == 0 && pairs == 0; }
  /// Whether to make a flip of these changes. `random`: 16 uniform bits.
  bool Accepts(int ones_change, int pairs_change, std::uint32_t random) const {
    // 2^(16 - k/16) for k of 0 to 15.
    static constexpr std::array<std::uint32_t, 16> kPowers = {
        65536, 62757, 60097, 57549, 55109, 52772, 50535, 48393,
        46341, 44376, 42495, 40693, 38968, 37316, 35734, 34219};
    const int cost = ones * ones_change + pairs * pairs_change;
    if (cost <= 0) return true;
    const int halvings = std::min(cost >> 4, 16);
    return random < kPowers[cost & 15] >> halvings;
  }
  friend bool operator==(const FlipPolicy&, const FlipPolicy&) = default;
};

}  // namespace tesuji::env::matmul
