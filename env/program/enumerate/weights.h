// What each production costs at each place, in quarter bits: -4 log2 p, rounded, at least 1.
//
// A place is an argument of a production, or the root; the cost also depends on the scope, because
// only productions that fit share the probability. Uniform, unigram and learned guides all end up
// as one of these tables.
// Thread-safety: immutable after construction.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "env/program/language/grammar.h"

namespace tesuji::env::program::enumerate {

/// One non-negative weight a (scope of the hole, place, production); only ratios among the
/// productions of one place matter.
using PlaceWeights = std::vector<float>;  // kScopes x kPlaces x kOps, row-major

inline std::size_t WeightIndex(Scope scope, int place) {
  return (static_cast<std::size_t>(scope) * kPlaces + static_cast<std::size_t>(place)) * kOps;
}

inline constexpr int kUnitsPerBit = 4;

class Costs {
 public:
  static constexpr std::uint8_t kImpossible = 255;

  /// `weights` has kScopes * kPlaces * kOps entries. Each is mixed with a little of the uniform
  /// grammar (`smoothing`, its share), so that nothing that fits is impossible.
  Costs(std::span<const float> weights, const Vocabulary& vocabulary, double smoothing = 0.02);
  static PlaceWeights UniformWeights();

  std::uint8_t Of(Scope scope, int place, Op op) const {
    return costs_[WeightIndex(scope, place) + op];
  }
  /// -log2 of the exact probability.
  double Bits(Scope scope, int place, Op op) const { return bits_[WeightIndex(scope, place) + op]; }
  /// Bits of a whole program in prefix order.
  double BitsOf(const std::vector<Op>& code) const;

 private:
  std::vector<std::uint8_t> costs_;
  std::vector<float> bits_;
};

/// What an argument or the root asks for, by place.
Type TypeAt(int place);

}  // namespace tesuji::env::program::enumerate
