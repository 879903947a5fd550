// A scheme as a node of the flip graph: every move keeps it a scheme for the same product.
//   flip       a⊗b⊗c + a⊗b'⊗c'  =  a⊗(b ± b')⊗c + a⊗b'⊗(c' ∓ c)
//   reduction  a factor becomes zero, or two terms share two factors: the rank falls
//   plus       a⊗b⊗c + a'⊗b'⊗c'  =  (a - a')⊗b⊗c + a'⊗b⊗(c + c') + a'⊗(b' - b)⊗c'
// Flips and reductions: Kauers & Moosbauer, arXiv 2212.01175; plus transitions: Arai, Ichikawa &
// Hukushima, arXiv 2312.16960. Reductions are taken at once.
//
// The cyclic graph (Moosbauer & Poole, arXiv 2502.04514) has schemes with a cyclic symmetry as its
// nodes (orbits.h). Each of its terms stands for an orbit of three: two of them share a factor at
// whatever place, and are turned until they share their first. A reduction takes three terms of
// the scheme, a plus transition adds three. Over Z2 it also makes the orbit of x⊗x⊗x, three times
// the same, the cube that it is. That x⊗y⊗(x+y) is cubes too is left alone: it would undo what
// JoinCubes() is for.
//
// Every pair of terms that share a factor is in the index (equal_words.h), so that a uniformly
// random flip is chosen in O(1). Words are canonical (ring.h); no factor is zero.
// Internal to matmul. Thread-safety: one thread at a time; plain value, copying forks it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <vector>

#include "env/matmul/equal_words.h"
#include "env/matmul/flip_policy.h"
#include "env/matmul/orbits.h"
#include "env/matmul/ring.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

template <class R, bool kCyclic = false>
class FlipGraph {
 public:
  using Word = typename R::Word;
  static constexpr int kMaxTerms = kCyclic ? 84 : 160;
  static constexpr int kTermRank = kCyclic ? 3 : 1;  ///< Ranks that a term of the graph stands for.
  static constexpr bool kSigned = R::kSigned;

  enum class Step : std::uint8_t {
    kRefused,   ///< A coefficient would leave the ring, or both are factors of one term (cyclic).
    kDeclined,  ///< By the policy.
    kMoved,     ///< The rank is the same.
    kReduced,   ///< The rank fell.
  };

  /// A factor, by its place.
  struct Factor {
    int side = 0;
    int term = 0;
    /// The next but `turn` of its term, in a circle. REQUIRES: 0 <= turn <= 2.
    Factor Turned(int turn) const {
      const int turned = side + turn;
      return {.side = turned >= 3 ? turned - 3 : turned, .term = term};
    }
  };

  /// The terms alone: small, to remember a node and come back to it.
  struct Snapshot {
    int rank = 0;
    int terms = 0;
    std::array<std::array<Word, kMaxTerms>, 3> words;
    std::array<std::uint8_t, kMaxTerms> negative;
    std::vector<FactorBits> cubes;
  };

  /// REQUIRES: scheme.ring == R::kRing, at most kMaxTerms terms, no zero factor.
  explicit FlipGraph(const Scheme& scheme) requires(!kCyclic);
  /// REQUIRES: orbits.ring == R::kRing, at most kMaxTerms representatives, no zero factor.
  explicit FlipGraph(Orbits orbits) requires(kCyclic);

  void Save(Snapshot* snapshot) const;
  void Load(const Snapshot& snapshot);

  int terms() const { return terms_; }
  int rank() const { return kTermRank * terms_ + static_cast<int>(cubes_.size()); }
  bool full() const { return terms_ >= kMaxTerms; }
  std::uint32_t pair_count() const { return words_.pair_count(); }
  Word word(int side, int term) const { return words_.word(List(side), Slot(side, term)); }
  Scheme ToScheme() const;

  /// Accepts every flip. Something that accepts some is called with the two factors that would
  /// change and what they would become: (Factor takes, Word taken, Factor gives, Word given).
  struct AcceptAll {
    bool operator()(Factor, Word, Factor, Word) const { return true; }
  };

  /// Flips a uniformly random pair if `accept` likes it; all other choices come from the 64 `bits`.
  /// REQUIRES: pair_count() > 0.
  template <class Accept = AcceptAll>
  Step FlipRandom(std::uint64_t bits, const Accept& accept = {}) {
    const auto index = static_cast<std::uint32_t>(((bits >> 32) * pair_count()) >> 32);
    const auto& pair = words_.pair(index);
    // Which of the two gives: without a branch, it would be mispredicted half of the time.
    const unsigned swap = 0U - static_cast<unsigned>(bits & 1U);
    const unsigned both = (pair.first ^ pair.second) & swap;
    return Flip(At(pair.list, static_cast<int>(pair.first ^ both)),
                At(pair.list, static_cast<int>(pair.second ^ both)), (bits & 2U) != 0, accept);
  }

  Step FlipRandom(std::uint64_t bits, const FlipPolicy& policy) {
    return FlipRandom(bits, [&](Factor takes, Word taken, Factor gives, Word given) {
      const int ones = std::popcount(taken) + std::popcount(given) - std::popcount(word(takes)) -
                       std::popcount(word(gives));
      int pairs = 0;
      if (policy.pairs != 0) pairs = PairsChange(takes, taken) + PairsChange(gives, given);
      return policy.Accepts(ones, pairs, static_cast<std::uint32_t>(bits >> 8) & 0xFFFFU);
    });
  }

  /// Adds (or subtracts) to the factor after `taker` that after `giver`, and settles the difference
  /// in the factor before `giver`. REQUIRES: the two are equal, and of the same side unless cyclic.
  template <class Accept = AcceptAll>
  Step Flip(Factor taker, Factor giver, bool subtract, const Accept& accept = {});

  /// The plus transition on the terms of `i` and `j`, which have the role of a and a' above; b is
  /// the factor after them, or with `mirrored` the one before. False: refused, nothing changed; two
  /// factors are equal, or a coefficient would leave the ring.
  /// REQUIRES: two terms, and of the same side unless cyclic; !full().
  bool Plus(Factor i, Factor j, bool mirrored);

  /// One try at a plus transition on two random terms, all choices from `random`, which gives
  /// Below(bound). REQUIRES: terms() > 0, !full().
  template <class Random>
  bool TryPlus(Random* random) {
    const auto below = [&](int bound) {
      return static_cast<int>(random->Below(static_cast<std::uint32_t>(bound)));
    };
    Factor i{.term = below(terms_)};
    Factor j{.term = below(terms_)};
    bool mirrored = false;
    if constexpr (kCyclic) {
      i.side = below(3);
      j.side = below(3);
      mirrored = below(2) != 0;
    } else {
      // The six orders of a, b, c.
      static constexpr std::array<bool, 6> kMirrored = {false, true, true, false, false, true};
      const int order = below(6);
      i.side = j.side = order / 2;
      mirrored = kMirrored[order];
    }
    return i.term != j.term && Plus(i, j, mirrored);
  }

 private:
  // In the index: a list for each side and a slot for each term; or, where a factor may equal one
  // of any side, one list of all factors.
  using Words = EqualWords<R, kCyclic ? 1 : 3, kCyclic ? 3 * kMaxTerms : kMaxTerms>;
  static constexpr int kNone = -1;
  static int List(int side) { return kCyclic ? 0 : side; }
  static int Slot(int side, int term) { return kCyclic ? 3 * term + side : term; }
  static Factor At(int list, int slot) {
    return kCyclic ? Factor{.side = slot % 3, .term = slot / 3}
                   : Factor{.side = list, .term = slot};
  }

  Word word(Factor factor) const { return word(factor.side, factor.term); }
  void Set(Factor factor, Word word) {
    words_.Set(List(factor.side), Slot(factor.side, factor.term), word);
  }
  /// The same, of a word that may have to change its sign.
  void SetCanonical(Factor factor, Word word) {
    if constexpr (kSigned) {
      negative_[factor.term] ^= static_cast<std::uint8_t>(R::Canonicalise(&word));
    }
    Set(factor, word);
  }
  /// Pairs more when `factor` becomes `word`.
  int PairsChange(Factor factor, Word word) const {
    const int list = List(factor.side);
    if constexpr (kSigned) R::Canonicalise(&word);
    return words_.Count(list, word) + 1 - words_.Count(list, this->word(factor));
  }
  bool Opposite(int i, int j) const { return R::kSigned && negative_[i] != negative_[j]; }

  /// In the list of `factor`, the slot of one equal to it and of another term, which shares one
  /// more with its term when both are turned to these; or kNone.
  int FindDouble(Factor factor) const {
    const int list = List(factor.side);
    const int slot = Slot(factor.side, factor.term);
    const Word same = word(factor);
    for (int at = words_.Next(list, slot); at != slot; at = words_.Next(list, at)) {
      if (words_.word(list, at) != same) continue;
      const Factor other = At(list, at);
      if (kCyclic && other.term == factor.term) continue;
      if (word(other.Turned(1)) == word(factor.Turned(1)) ||
          word(other.Turned(2)) == word(factor.Turned(2))) {
        return at;
      }
    }
    return kNone;
  }
  void RemoveTerm(int term);
  void RemoveBoth(int i, int j) {
    RemoveTerm(std::max(i, j));
    RemoveTerm(std::min(i, j));
  }
  void AppendTerm(const std::array<Word, 3>& words, bool negative);
  void AppendTerms(const std::vector<Term>& terms);
  bool Merge(Factor keep, Factor gone);
  bool ReduceAround(Factor factor) {
    const int other = FindDouble(factor);
    return other != kNone && Merge(At(List(factor.side), other), factor);
  }
  /// Modulo 2 the three terms of the orbit of x⊗x⊗x are one cube.
  bool BecomeCube(int term) {
    if constexpr (!kCyclic || kSigned) return false;
    const Word x = word(0, term);
    if (x != word(1, term) || x != word(2, term)) return false;
    RemoveTerm(term);
    ToggleCube(R::ToBits(x));
    return true;
  }
  void ToggleCube(const FactorBits& cube);
  void ReduceEverywhere();

  Format format_;
  int terms_ = 0;
  Words words_;
  std::array<std::uint8_t, kMaxTerms> negative_{};  // The sign of each term; 0 over Z2.
  std::vector<FactorBits> cubes_;                   // Cyclic only; flips leave them alone.
};

template <class R, bool kCyclic>
template <class Accept>
inline typename FlipGraph<R, kCyclic>::Step FlipGraph<R, kCyclic>::Flip(Factor taker, Factor giver,
                                                                        bool subtract,
                                                                        const Accept& accept) {
  assert(word(taker) == word(giver) && (kCyclic || taker.side == giver.side));
  const int i = taker.term;
  const int j = giver.term;
  if (kCyclic && i == j) return Step::kRefused;
  // With the signs s of the terms pulled out: s_i a b c + s_j a b' c' =
  // s_i a (b + x b') c + s_j a b' (c' - x s_i s_j c) for x = +1 or -1.
  const Factor takes = taker.Turned(1);
  const Factor gives = giver.Turned(2);
  Word taken;
  Word given;
  if (!R::Add(word(takes), word(giver.Turned(1)), subtract, &taken) ||
      !R::Add(word(gives), word(taker.Turned(2)), subtract == Opposite(i, j), &given)) {
    return Step::kRefused;
  }
  if (!accept(takes, taken, gives, given)) return Step::kDeclined;
  if (taken == 0 || given == 0) [[unlikely]] {
    // The zero term goes; the other keeps its new factor.
    if (given != 0) SetCanonical(gives, given);
    if (taken != 0) SetCanonical(takes, taken);
    if (taken == 0 && given == 0) {
      RemoveBoth(i, j);
    } else {
      RemoveTerm(taken == 0 ? i : j);
    }
    ReduceEverywhere();
    return Step::kReduced;
  }
  SetCanonical(takes, taken);
  SetCanonical(gives, given);
  const bool reduced = ReduceAround(takes) || ReduceAround(gives) || BecomeCube(i) || BecomeCube(j);
  if (!reduced) return Step::kMoved;
  ReduceEverywhere();
  return Step::kReduced;
}

extern template class FlipGraph<Z2Ring>;
extern template class FlipGraph<TernaryRing>;
extern template class FlipGraph<Z2Ring, true>;
extern template class FlipGraph<TernaryRing, true>;

}  // namespace tesuji::env::matmul
