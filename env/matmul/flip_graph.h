// A scheme as a node of the flip graph: every move keeps it a scheme for the same product.
//   flip       a⊗b⊗c + a⊗b'⊗c'  =  a⊗(b ± b')⊗c + a⊗b'⊗(c' ∓ c)
//   reduction  a factor becomes zero, or two terms share two factors: the rank falls
//   plus       a⊗b⊗c + a'⊗b'⊗c'  =  (a - a')⊗b⊗c + a'⊗b⊗(c + c') + a'⊗(b' - b)⊗c'
// Flips and reductions: Kauers & Moosbauer, arXiv 2212.01175; plus transitions: Arai, Ichikawa &
// Hukushima, arXiv 2312.16960. Reductions are taken at once.
//
// Every pair of terms that share a factor is in the index (equal_words.h), so that a uniformly
// random flip is chosen in O(1). Words are canonical (ring.h); no factor is zero. Internal to
// matmul. Thread-safety: one thread at a time; plain value, copying forks it.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>

#include "env/matmul/equal_words.h"
#include "env/matmul/ring.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

template <class R>
class FlipGraph {
 public:
  using Word = typename R::Word;
  static constexpr int kMaxTerms = 160;
  static constexpr bool kSigned = R::kSigned;
  static constexpr int kPlusCost = 1;  ///< Ranks that a plus transition climbs.

  enum class Step : std::uint8_t {
    kRefused,  ///< A coefficient would leave the ring; nothing changed.
    kMoved,    ///< The rank is the same.
    kReduced,  ///< The rank fell.
  };

  /// The terms alone: small, to remember a node and come back to it.
  struct Snapshot {
    int rank = 0;
    std::array<std::array<Word, kMaxTerms>, 3> words;
    std::array<std::uint8_t, kMaxTerms> negative;
  };

  /// REQUIRES: scheme.ring == R::kRing, at most kMaxTerms terms, no zero factor.
  explicit FlipGraph(const Scheme& scheme);

  void Save(Snapshot* snapshot) const;
  void Load(const Snapshot& snapshot);

  int rank() const { return rank_; }
  bool full() const { return rank_ >= kMaxTerms; }
  std::uint32_t pair_count() const { return words_.pair_count(); }
  Word word(int side, int term) const { return words_.word(side, term); }
  Scheme ToScheme() const;

  /// Flips a uniformly random pair, all of whose choices come from the 64 `bits`.
  /// REQUIRES: pair_count() > 0.
  Step FlipRandom(std::uint64_t bits) {
    const auto index = static_cast<std::uint32_t>(((bits >> 32) * pair_count()) >> 32);
    const auto& pair = words_.pair(index);
    // Which of the two gives: without a branch, it would be mispredicted half of the time.
    const unsigned swap = 0U - static_cast<unsigned>(bits & 1U);
    const unsigned both = (pair.first ^ pair.second) & swap;
    return Flip(pair.list, static_cast<int>(pair.first ^ both),
                static_cast<int>(pair.second ^ both), (bits & 2U) != 0);
  }

  /// Adds (or subtracts) to factor side+1 of `taker` that of `giver`, and settles the difference
  /// in factor side+2 of `giver`. REQUIRES: they are two terms that share factor `side`.
  Step Flip(int side, int taker, int giver, bool subtract);

  /// The plus transition on two terms that share no factor; `x`, `y`, `z` is a permutation of the
  /// sides, in the roles of a, b, c above. False: refused, nothing changed.
  /// REQUIRES: rank() < kMaxTerms.
  bool Plus(int i, int j, int x, int y, int z);

  /// One try at a plus transition on two random terms, all choices from `random`, which gives
  /// Below(bound). REQUIRES: 2 <= rank() < kMaxTerms.
  template <class Random>
  bool TryPlus(Random* random) {
    static constexpr std::array<std::array<int, 3>, 6> kRoles = {
        {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
    const auto i = static_cast<int>(random->Below(static_cast<std::uint32_t>(rank_)));
    const auto j = static_cast<int>(random->Below(static_cast<std::uint32_t>(rank_)));
    const auto& role = kRoles[random->Below(6)];
    return i != j && !SharesAny(i, j) && Plus(i, j, role[0], role[1], role[2]);
  }

  bool SharesAny(int i, int j) const {
    return word(0, i) == word(0, j) || word(1, i) == word(1, j) || word(2, i) == word(2, j);
  }

 private:
  static constexpr std::uint8_t kNone = 255;

  /// Another term that shares `side` and one more factor with `term`, or kNone.
  std::uint8_t FindDouble(int side, int term) const {
    const int t = side == 2 ? 0 : side + 1;
    const int u = 3 - side - t;
    for (std::uint8_t other = words_.Next(side, term); other != term;
         other = words_.Next(side, other)) {
      if (word(side, other) != word(side, term)) continue;
      if (word(t, other) == word(t, term) || word(u, other) == word(u, term)) return other;
    }
    return kNone;
  }
  void RemoveTerm(int term);
  void AppendTerm(const std::array<Word, 3>& words, bool negative);
  bool Merge(int keep, int gone);
  bool ReduceAround(int side, int term);
  bool ReduceEverywhere();

  Format format_;
  int rank_ = 0;
  EqualWords<R, 3, kMaxTerms> words_;               // A list for each side, a slot for each term.
  std::array<std::uint8_t, kMaxTerms> negative_{};  // The sign of each term; 0 over Z2.
};

template <class R>
inline typename FlipGraph<R>::Step FlipGraph<R>::Flip(int side, int taker, int giver,
                                                      bool subtract) {
  assert(taker != giver && word(side, taker) == word(side, giver));
  const int t = side == 2 ? 0 : side + 1;
  const int u = t == 2 ? 0 : t + 1;
  // With the signs s of the terms pulled out: s_i a b c + s_j a b' c' =
  // s_i a (b + x b') c + s_j a b' (c' - x s_i s_j c) for x = +1 or -1.
  const bool opposite = R::kSigned && negative_[taker] != negative_[giver];
  Word taken;
  Word given;
  if (!R::Add(word(t, taker), word(t, giver), subtract, &taken) ||
      !R::Add(word(u, giver), word(u, taker), subtract == opposite, &given)) {
    return Step::kRefused;
  }
  if (taken == 0 || given == 0) [[unlikely]] {
    // The zero term goes; the other keeps its new factor.
    if (given != 0) {
      negative_[giver] ^= static_cast<std::uint8_t>(R::Canonicalise(&given));
      words_.Set(u, giver, given);
    }
    if (taken != 0) {
      negative_[taker] ^= static_cast<std::uint8_t>(R::Canonicalise(&taken));
      words_.Set(t, taker, taken);
    }
    const bool both = taken == 0 && given == 0;
    RemoveTerm(both ? std::max(taker, giver) : taken == 0 ? taker : giver);
    if (both) RemoveTerm(std::min(taker, giver));
    ReduceEverywhere();
    return Step::kReduced;
  }
  if constexpr (R::kSigned) {
    negative_[taker] ^= static_cast<std::uint8_t>(R::Canonicalise(&taken));
    negative_[giver] ^= static_cast<std::uint8_t>(R::Canonicalise(&given));
  }
  words_.Set(t, taker, taken);
  words_.Set(u, giver, given);
  const bool reduced = ReduceAround(t, taker) || ReduceAround(u, giver);
  if (!reduced) return Step::kMoved;
  ReduceEverywhere();
  return Step::kReduced;
}

extern template class FlipGraph<Z2Ring>;
extern template class FlipGraph<TernaryRing>;

}  // namespace tesuji::env::matmul
