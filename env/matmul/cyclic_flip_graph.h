// The flip graph of schemes with a cyclic symmetry (orbits.h): every move is made on all three
// terms of an orbit at once, so that nodes are a third as large and a reduction takes three terms.
// Moosbauer & Poole, arXiv 2502.04514.
//   flip       as in flip_graph.h, of two orbits that share a factor at whatever place: each is
//              turned until they share their first
//   reduction  a factor becomes zero, or two orbits share two factors when turned: the rank falls
//              by three. Over Z2 also x⊗x⊗x, whose three terms are one cube. That x⊗y⊗(x+y) is
//              cubes too is left alone: it would undo what JoinCubes() is for.
//   plus       as in flip_graph.h, of two orbits turned at random: the rank rises by three
//
// The index is one list of all factors (equal_words.h): slot 3 r + s holds factor s of orbit r.
// Internal to matmul. Thread-safety: one thread at a time; plain value, copying forks it.
#pragma once

#include <array>
#include <cstdint>

#include "env/matmul/equal_words.h"
#include "env/matmul/orbits.h"
#include "env/matmul/ring.h"

namespace tesuji::env::matmul {

template <class R>
class CyclicFlipGraph {
 public:
  using Word = typename R::Word;
  static constexpr int kMaxOrbits = 84;
  static constexpr int kMaxCubes = 64;
  static constexpr bool kSigned = R::kSigned;
  static constexpr int kPlusCost = 3;  ///< Ranks that a plus transition climbs.

  enum class Step : std::uint8_t {
    kRefused,  ///< A coefficient would leave the ring, or two factors of one orbit are equal.
    kMoved,    ///< The rank is the same.
    kReduced,  ///< The rank fell.
  };

  /// The orbits and cubes alone: small, to remember a node and come back to it.
  struct Snapshot {
    int rank = 0;
    int orbits = 0;
    int cubes = 0;
    std::array<Word, 3 * kMaxOrbits> words;
    std::array<std::uint8_t, kMaxOrbits> negative;
    std::array<Word, kMaxCubes> cube_words;
    std::array<std::uint8_t, kMaxCubes> cube_negative;
  };

  /// REQUIRES: orbits.ring == R::kRing, at most kMaxOrbits representatives and kMaxCubes cubes.
  explicit CyclicFlipGraph(const Orbits& orbits);

  void Save(Snapshot* snapshot) const;
  void Load(const Snapshot& snapshot);

  int rank() const { return 3 * orbits_ + cubes_; }
  int orbits() const { return orbits_; }
  bool full() const { return orbits_ >= kMaxOrbits; }
  std::uint32_t pair_count() const { return words_.pair_count(); }
  Word word(int slot) const { return words_.word(0, slot); }
  Orbits ToOrbits() const;
  Scheme ToScheme() const { return FromOrbits(ToOrbits()); }

  /// Flips a uniformly random pair of equal factors, all of whose choices come from the 64 `bits`.
  /// REQUIRES: pair_count() > 0.
  Step FlipRandom(std::uint64_t bits) {
    const auto index = static_cast<std::uint32_t>(((bits >> 32) * pair_count()) >> 32);
    const auto& pair = words_.pair(index);
    const unsigned swap = 0U - static_cast<unsigned>(bits & 1U);
    const unsigned both = (pair.first ^ pair.second) & swap;
    return Flip(static_cast<int>(pair.first ^ both), static_cast<int>(pair.second ^ both),
                (bits & 2U) != 0);
  }

  /// Adds (or subtracts) to the factor after `taker` that after `giver`, and settles the difference
  /// in the factor before `giver`. REQUIRES: both slots hold the same word.
  Step Flip(int taker, int giver, bool subtract);

  /// One try at a plus transition on two random orbits, all choices from `random`, which gives
  /// Below(bound). False: refused, nothing changed. REQUIRES: orbits() >= 1, not full().
  template <class Random>
  bool TryPlus(Random* random) {
    const auto count = static_cast<std::uint32_t>(orbits_);
    const auto i = static_cast<int>(random->Below(count));
    const auto j = static_cast<int>(random->Below(count));
    const auto i_turn = static_cast<int>(random->Below(3));
    const auto j_turn = static_cast<int>(random->Below(3));
    const bool mirrored = random->Below(2) != 0;
    return i != j && Plus(i, i_turn, j, j_turn, mirrored);
  }

 private:
  static constexpr int kNone = -1;

  static int Turned(int slot, int turn) {  // Within the orbit of `slot`.
    const int side = slot % 3 + turn;
    return slot - slot % 3 + (side >= 3 ? side - 3 : side);
  }
  bool Plus(int i, int i_turn, int j, int j_turn, bool mirrored);
  void Set(int slot, Word word) { words_.Set(0, slot, word); }
  int FindDouble(int slot) const;
  void RemoveOrbit(int orbit);
  void AppendOrbit(const std::array<Word, 3>& words, bool negative);
  bool Merge(int keep, int gone);
  bool ReduceAround(int slot);
  bool BecomeCube(int orbit);
  void ToggleCube(Word word);
  void ReduceEverywhere();

  int side_ = 0;
  int orbits_ = 0;
  int cubes_ = 0;
  EqualWords<R, 1, 3 * kMaxOrbits> words_;
  std::array<std::uint8_t, kMaxOrbits> negative_{};  // The sign of each orbit; 0 over Z2.
  std::array<Word, kMaxCubes> cube_words_{};
  std::array<std::uint8_t, kMaxCubes> cube_negative_{};
};

extern template class CyclicFlipGraph<Z2Ring>;
extern template class CyclicFlipGraph<TernaryRing>;

}  // namespace tesuji::env::matmul
