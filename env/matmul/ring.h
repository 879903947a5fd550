// Factors as the walker holds them: one machine word, canonical up to sign, so that two factors
// are equal (up to sign) exactly when their words are. The sign of a term is kept beside it.
// Internal to matmul: plain inline functions for the inner loop.
// Thread-safety: values.
#pragma once

#include <bit>
#include <cstdint>

#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

/// Arithmetic modulo 2: addition is xor, there are no signs, nothing overflows.
struct Z2Ring {
  using Word = std::uint32_t;
  static constexpr Ring kRing = Ring::kZ2;
  static constexpr bool kSigned = false;

  /// *sum = a + b, or a - b. False: a coefficient leaves the ring.
  static bool Add(Word a, Word b, bool /*subtract*/, Word* sum) {
    *sum = a ^ b;
    return true;
  }
  /// Makes *word canonical; true when its sign had to change.
  static bool Canonicalise(Word* /*word*/) { return false; }
  static std::uint32_t Hash(Word word) { return word * 0x9E3779B1U; }
  static Word FromBits(const FactorBits& bits) { return bits.plus; }
  static FactorBits ToBits(Word word) { return {.plus = word, .minus = 0}; }
};

/// Integers restricted to {-1, 0, 1}: +1 plane in the low half of the word, -1 plane in the high.
struct TernaryRing {
  using Word = std::uint64_t;
  static constexpr Ring kRing = Ring::kTernary;
  static constexpr bool kSigned = true;

  static Word Negate(Word word) { return std::rotl(word, 32); }
  static bool Add(Word a, Word b, bool subtract, Word* sum) {
    if (subtract) b = Negate(b);
    const Word either = a | b;
    *sum = either & ~Negate(either);  // +1 and -1 cancel.
    return (a & b) == 0;              // +1 and +1 do not fit.
  }
  static bool Canonicalise(Word* word) {
    const auto plus = static_cast<std::uint32_t>(*word);
    const auto minus = static_cast<std::uint32_t>(*word >> 32);
    const std::uint32_t all = plus | minus;
    if ((minus & all & (~all + 1)) == 0) return false;
    *word = Negate(*word);
    return true;
  }
  static std::uint32_t Hash(Word word) {
    return static_cast<std::uint32_t>((word * 0x9E3779B97F4A7C15ULL) >> 32);
  }
  static Word FromBits(const FactorBits& bits) {
    return bits.plus | (static_cast<Word>(bits.minus) << 32);
  }
  static FactorBits ToBits(Word word) {
    return {.plus = static_cast<std::uint32_t>(word),
            .minus = static_cast<std::uint32_t>(word >> 32)};
  }
};

}  // namespace tesuji::env::matmul
