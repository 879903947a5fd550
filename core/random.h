// Random streams. Every stream is derived from (campaign seed, purpose, index...), never from a
// clock, an address or a thread, so that a campaign can be repeated to the bit.
//
// The generator is xoshiro256++ (Blackman & Vigna, "Scrambled linear pseudorandom number
// generators", 2018), seeded by splitmix64. Distributions come from Boost.Random, which, unlike
// <random>, gives the same values with every standard library.
// Thread-safety: a stream belongs to one thread at a time; copying a stream forks its future.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace tesuji {

class RandomStream {
 public:
  using result_type = std::uint64_t;

  /// A stream that depends on every number of `path`, in order: {campaign seed, purpose, index…}.
  RandomStream(std::initializer_list<std::uint64_t> path);
  explicit RandomStream(std::uint64_t seed) : RandomStream({seed}) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  /// Uniform in [0, bound). REQUIRES: bound > 0.
  std::uint64_t Below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double Uniform();
  bool Chance(double probability) { return Uniform() < probability; }
  double Normal();
  /// A standard Gumbel variate (location 0, scale 1).
  double Gumbel();
  /// Gamma with the given shape and scale 1. REQUIRES: shape > 0.
  double Gamma(double shape);
  /// Index drawn in proportion to `weights` (all >= 0, sum > 0).
  std::size_t Pick(std::span<const float> weights);

  /// The whole state, for storing an unfinished episode and going on exactly there.
  const std::array<std::uint64_t, 4>& state() const { return state_; }
  static RandomStream FromState(const std::array<std::uint64_t, 4>& state);

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace tesuji
