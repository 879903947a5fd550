#include "env/matmul/cyclic_flip_graph.h"

#include <algorithm>
#include <cassert>

namespace tesuji::env::matmul {

template <class R>
CyclicFlipGraph<R>::CyclicFlipGraph(const Orbits& orbits) : side_(orbits.side) {
  assert(orbits.ring == R::kRing && orbits.representatives.size() <= kMaxOrbits &&
         orbits.cubes.size() <= kMaxCubes);
  for (const FactorBits& cube : orbits.cubes) {
    Word word = R::FromBits(cube);
    cube_negative_[cubes_] = static_cast<std::uint8_t>(R::Canonicalise(&word));
    cube_words_[cubes_++] = word;
  }
  for (const Term& term : orbits.representatives) {
    std::array<Word, 3> words;
    bool negative = false;
    for (int side = 0; side < 3; ++side) {
      words[side] = R::FromBits(term[side]);
      assert(words[side] != 0);
      negative ^= R::Canonicalise(&words[side]);
    }
    AppendOrbit(words, negative);
  }
  ReduceEverywhere();
}

template <class R>
Orbits CyclicFlipGraph<R>::ToOrbits() const {
  Orbits orbits{.side = side_, .ring = R::kRing, .representatives = {}, .cubes = {}};
  for (int orbit = 0; orbit < orbits_; ++orbit) {
    Term bits = {R::ToBits(word(3 * orbit)), R::ToBits(word(3 * orbit + 1)),
                 R::ToBits(word(3 * orbit + 2))};
    if (negative_[orbit] != 0) std::swap(bits[2].plus, bits[2].minus);
    orbits.representatives.push_back(bits);
  }
  for (int cube = 0; cube < cubes_; ++cube) {
    FactorBits bits = R::ToBits(cube_words_[cube]);
    if (cube_negative_[cube] != 0) std::swap(bits.plus, bits.minus);
    orbits.cubes.push_back(bits);
  }
  return orbits;
}

template <class R>
void CyclicFlipGraph<R>::Save(Snapshot* snapshot) const {
  snapshot->rank = rank();
  snapshot->orbits = orbits_;
  snapshot->cubes = cubes_;
  for (int slot = 0; slot < 3 * orbits_; ++slot) snapshot->words[slot] = word(slot);
  std::copy_n(negative_.begin(), orbits_, snapshot->negative.begin());
  std::copy_n(cube_words_.begin(), cubes_, snapshot->cube_words.begin());
  std::copy_n(cube_negative_.begin(), cubes_, snapshot->cube_negative.begin());
}

template <class R>
void CyclicFlipGraph<R>::Load(const Snapshot& snapshot) {
  orbits_ = 0;
  words_.Clear();
  for (int orbit = 0; orbit < snapshot.orbits; ++orbit) {
    const auto* words = &snapshot.words[3 * orbit];
    AppendOrbit({words[0], words[1], words[2]}, snapshot.negative[orbit] != 0);
  }
  cubes_ = snapshot.cubes;
  std::copy_n(snapshot.cube_words.begin(), cubes_, cube_words_.begin());
  std::copy_n(snapshot.cube_negative.begin(), cubes_, cube_negative_.begin());
}

template <class R>
typename CyclicFlipGraph<R>::Step CyclicFlipGraph<R>::Flip(int taker, int giver, bool subtract) {
  assert(taker != giver && word(taker) == word(giver));
  const int i = taker / 3;
  const int j = giver / 3;
  if (i == j) return Step::kRefused;
  const int taker_t = Turned(taker, 1);
  const int taker_u = Turned(taker, 2);
  const int giver_t = Turned(giver, 1);
  const int giver_u = Turned(giver, 2);
  const bool opposite = R::kSigned && negative_[i] != negative_[j];
  Word taken;
  Word given;
  if (!R::Add(word(taker_t), word(giver_t), subtract, &taken) ||
      !R::Add(word(giver_u), word(taker_u), subtract == opposite, &given)) {
    return Step::kRefused;
  }
  if (taken == 0 || given == 0) [[unlikely]] {
    // The zero orbit goes; the other keeps its new factor.
    if (given != 0) {
      negative_[j] ^= static_cast<std::uint8_t>(R::Canonicalise(&given));
      Set(giver_u, given);
    }
    if (taken != 0) {
      negative_[i] ^= static_cast<std::uint8_t>(R::Canonicalise(&taken));
      Set(taker_t, taken);
    }
    const bool both = taken == 0 && given == 0;
    RemoveOrbit(both ? std::max(i, j) : taken == 0 ? i : j);
    if (both) RemoveOrbit(std::min(i, j));
    ReduceEverywhere();
    return Step::kReduced;
  }
  if constexpr (R::kSigned) {
    negative_[i] ^= static_cast<std::uint8_t>(R::Canonicalise(&taken));
    negative_[j] ^= static_cast<std::uint8_t>(R::Canonicalise(&given));
  }
  Set(taker_t, taken);
  Set(giver_u, given);
  const bool reduced =
      ReduceAround(taker_t) || ReduceAround(giver_u) || BecomeCube(i) || BecomeCube(j);
  if (!reduced) return Step::kMoved;
  ReduceEverywhere();
  return Step::kReduced;
}

// As FlipGraph::Plus() with each orbit turned; `mirrored` swaps the roles of b and c.
template <class R>
bool CyclicFlipGraph<R>::Plus(int i, int i_turn, int j, int j_turn, bool mirrored) {
  const int ix = 3 * i + i_turn;
  const int iy = Turned(ix, mirrored ? 2 : 1);
  const int iz = Turned(ix, mirrored ? 1 : 2);
  const int jx = 3 * j + j_turn;
  const int jy = Turned(jx, mirrored ? 2 : 1);
  const int jz = Turned(jx, mirrored ? 1 : 2);
  if (word(ix) == word(jx) || word(iy) == word(jy) || word(iz) == word(jz)) return false;
  const bool opposite = R::kSigned && negative_[i] != negative_[j];
  Word a;
  Word b;
  Word c;
  if (!R::Add(word(ix), word(jx), true, &a) || !R::Add(word(jy), word(iy), true, &b) ||
      !R::Add(word(iz), word(jz), opposite, &c)) {
    return false;
  }
  const bool extra_negative = (negative_[i] != 0) != R::Canonicalise(&c);
  std::array<Word, 3> extra = {word(jx), word(iy), c};
  if (mirrored) std::swap(extra[1], extra[2]);
  negative_[i] ^= static_cast<std::uint8_t>(R::Canonicalise(&a));
  negative_[j] ^= static_cast<std::uint8_t>(R::Canonicalise(&b));
  Set(ix, a);
  Set(jy, b);
  AppendOrbit(extra, extra_negative);
  ReduceEverywhere();
  return true;
}

template <class R>
void CyclicFlipGraph<R>::AppendOrbit(const std::array<Word, 3>& words, bool negative) {
  const int orbit = orbits_++;
  negative_[orbit] = static_cast<std::uint8_t>(negative);
  for (int side = 0; side < 3; ++side) words_.Insert(0, 3 * orbit + side, words[side]);
}

template <class R>
void CyclicFlipGraph<R>::RemoveOrbit(int orbit) {
  const int last = --orbits_;
  for (int side = 0; side < 3; ++side) {
    words_.Erase(0, 3 * orbit + side);
    if (orbit == last) continue;
    const Word moved = word(3 * last + side);
    words_.Erase(0, 3 * last + side);
    words_.Insert(0, 3 * orbit + side, moved);
  }
  negative_[orbit] = negative_[last];
}

// A slot of another orbit that holds the same word, with one more factor shared when both are
// turned to their slot; or kNone.
template <class R>
int CyclicFlipGraph<R>::FindDouble(int slot) const {
  const Word next = word(Turned(slot, 1));
  const Word previous = word(Turned(slot, 2));
  for (int other = words_.Next(0, slot); other != slot; other = words_.Next(0, other)) {
    if (word(other) != word(slot) || other / 3 == slot / 3) continue;
    if (word(Turned(other, 1)) == next || word(Turned(other, 2)) == previous) return other;
  }
  return kNone;
}

// The orbits of two slots, turned to these, share two factors and become one, or none when they
// cancel. False: would not fit.
template <class R>
bool CyclicFlipGraph<R>::Merge(int keep, int gone) {
  int turn = 0;
  while (turn < 2 && word(Turned(keep, turn)) == word(Turned(gone, turn))) ++turn;
  const int i = keep / 3;
  const int j = gone / 3;
  const int slot = Turned(keep, turn);
  const bool opposite = R::kSigned && negative_[i] != negative_[j];
  Word sum;
  if (!R::Add(word(slot), word(Turned(gone, turn)), opposite, &sum)) return false;
  if (sum != 0) {
    negative_[i] ^= static_cast<std::uint8_t>(R::Canonicalise(&sum));
    Set(slot, sum);
    RemoveOrbit(j);
  } else {
    RemoveOrbit(std::max(i, j));
    RemoveOrbit(std::min(i, j));
  }
  return true;
}

template <class R>
bool CyclicFlipGraph<R>::ReduceAround(int slot) {
  const int other = FindDouble(slot);
  return other != kNone && Merge(other, slot);
}

// Over Z2: a cube that is there twice is not there.
template <class R>
void CyclicFlipGraph<R>::ToggleCube(Word word) {
  const auto end = cube_words_.begin() + cubes_;
  const auto it = std::find(cube_words_.begin(), end, word);
  if (it == end) {
    cube_words_[cubes_++] = word;
  } else {
    *it = cube_words_[--cubes_];
  }
}

// Over Z2 the three terms of the orbit of x⊗x⊗x are one.
template <class R>
bool CyclicFlipGraph<R>::BecomeCube(int orbit) {
  if constexpr (R::kSigned) return false;
  const Word x = word(3 * orbit);
  if (x != word(3 * orbit + 1) || x != word(3 * orbit + 2) || cubes_ == kMaxCubes) return false;
  RemoveOrbit(orbit);
  ToggleCube(x);
  return true;
}

// After a reduction, which is rare, everything is looked at again until nothing merges.
template <class R>
void CyclicFlipGraph<R>::ReduceEverywhere() {
  for (bool again = true; again;) {
    again = false;
    for (int orbit = 0; orbit < orbits_ && !again; ++orbit) {
      again = BecomeCube(orbit);
      for (int side = 0; side < 3 && !again; ++side) again = ReduceAround(3 * orbit + side);
    }
  }
}

template class CyclicFlipGraph<Z2Ring>;
template class CyclicFlipGraph<TernaryRing>;

}  // namespace tesuji::env::matmul
