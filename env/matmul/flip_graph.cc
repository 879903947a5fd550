#include "env/matmul/flip_graph.h"

#include <utility>

namespace tesuji::env::matmul {

template <class R, bool kCyclic>
FlipGraph<R, kCyclic>::FlipGraph(const Scheme& scheme) requires(!kCyclic) : format_(scheme.format) {
  assert(scheme.ring == R::kRing);
  AppendTerms(scheme.terms);
}

template <class R, bool kCyclic>
FlipGraph<R, kCyclic>::FlipGraph(Orbits orbits) requires(kCyclic)
    : format_{.n = orbits.side, .m = orbits.side, .p = orbits.side},
      cubes_(std::move(orbits.cubes)) {
  assert(orbits.ring == R::kRing);
  AppendTerms(orbits.representatives);
}

template <class R, bool kCyclic>
void FlipGraph<R, kCyclic>::AppendTerms(const std::vector<Term>& terms) {
  assert(terms.size() <= kMaxTerms);
  for (const Term& term : terms) {
    std::array<Word, 3> words;
    bool negative = false;
    for (int side = 0; side < 3; ++side) {
      words[side] = R::FromBits(term[side]);
      assert(words[side] != 0);
      negative ^= R::Canonicalise(&words[side]);
    }
    AppendTerm(words, negative);
  }
  ReduceEverywhere();
}

template <class R, bool kCyclic>
Scheme FlipGraph<R, kCyclic>::ToScheme() const {
  std::vector<Term> terms;
  for (int term = 0; term < terms_; ++term) {
    Term bits = {R::ToBits(word(0, term)), R::ToBits(word(1, term)), R::ToBits(word(2, term))};
    if (negative_[term] != 0) bits[2] = -bits[2];
    terms.push_back(bits);
  }
  if constexpr (kCyclic) {
    return FromOrbits({.side = format_.n,
                       .ring = R::kRing,
                       .representatives = std::move(terms),
                       .cubes = cubes_});
  } else {
    return {.format = format_, .ring = R::kRing, .terms = std::move(terms)};
  }
}

template <class R, bool kCyclic>
void FlipGraph<R, kCyclic>::Save(Snapshot* snapshot) const {
  snapshot->rank = rank();
  snapshot->terms = terms_;
  for (int side = 0; side < 3; ++side) {
    for (int term = 0; term < terms_; ++term) snapshot->words[side][term] = word(side, term);
  }
  std::copy_n(negative_.begin(), terms_, snapshot->negative.begin());
  snapshot->cubes = cubes_;
}

template <class R, bool kCyclic>
void FlipGraph<R, kCyclic>::Load(const Snapshot& snapshot) {
  terms_ = 0;
  words_.Clear();
  for (int term = 0; term < snapshot.terms; ++term) {
    AppendTerm({snapshot.words[0][term], snapshot.words[1][term], snapshot.words[2][term]},
               snapshot.negative[term] != 0);
  }
  cubes_ = snapshot.cubes;
}

template <class R, bool kCyclic>
bool FlipGraph<R, kCyclic>::Plus(Factor i, Factor j, bool mirrored) {
  assert(i.term != j.term && (kCyclic || i.side == j.side) && !full());
  const int next = mirrored ? 2 : 1;
  const Factor iy = i.Turned(next);
  const Factor iz = i.Turned(3 - next);
  const Factor jy = j.Turned(next);
  const Factor jz = j.Turned(3 - next);
  if (word(i) == word(j) || word(iy) == word(jy) || word(iz) == word(jz)) return false;
  // With signs on c: (a - a') b sc + a' b (sc + s'c') + a' (b' - b) s'c'.
  Word a;
  Word b;
  Word c;
  if (!R::Add(word(i), word(j), true, &a) || !R::Add(word(jy), word(iy), true, &b) ||
      !R::Add(word(iz), word(jz), Opposite(i.term, j.term), &c)) {
    return false;
  }
  const bool extra_negative = (negative_[i.term] != 0) != R::Canonicalise(&c);
  // An orbit may be turned as one likes: a' comes first.
  const Factor first{.side = kCyclic ? 0 : i.side};
  std::array<Word, 3> extra;
  extra[first.side] = word(j);
  extra[first.Turned(next).side] = word(iy);
  extra[first.Turned(3 - next).side] = c;
  SetCanonical(i, a);
  SetCanonical(jy, b);
  AppendTerm(extra, extra_negative);
  ReduceEverywhere();
  return true;
}

template <class R, bool kCyclic>
void FlipGraph<R, kCyclic>::AppendTerm(const std::array<Word, 3>& words, bool negative) {
  const int term = terms_++;
  negative_[term] = static_cast<std::uint8_t>(negative);
  for (int side = 0; side < 3; ++side) words_.Insert(List(side), Slot(side, term), words[side]);
}

template <class R, bool kCyclic>
void FlipGraph<R, kCyclic>::RemoveTerm(int term) {
  const int last = --terms_;
  for (int side = 0; side < 3; ++side) {
    words_.Erase(List(side), Slot(side, term));
    if (term == last) continue;
    const Word moved = word(side, last);
    words_.Erase(List(side), Slot(side, last));
    words_.Insert(List(side), Slot(side, term), moved);
  }
  negative_[term] = negative_[last];
}

// The terms of two equal factors, which share one more when turned to these, become one, or none
// when they cancel. False: would not fit.
template <class R, bool kCyclic>
bool FlipGraph<R, kCyclic>::Merge(Factor keep, Factor gone) {
  const int turn = word(keep.Turned(1)) != word(gone.Turned(1)) ? 1 : 2;
  const Factor differs = keep.Turned(turn);
  Word sum;
  if (!R::Add(word(differs), word(gone.Turned(turn)), Opposite(keep.term, gone.term), &sum)) {
    return false;
  }
  if (sum == 0) {
    RemoveBoth(keep.term, gone.term);
  } else {
    SetCanonical(differs, sum);
    RemoveTerm(gone.term);
  }
  return true;
}

// Modulo 2 a cube that is there twice is not there.
template <class R, bool kCyclic>
void FlipGraph<R, kCyclic>::ToggleCube(const FactorBits& cube) {
  const auto it = std::ranges::find(cubes_, cube);
  if (it == cubes_.end()) {
    cubes_.push_back(cube);
  } else {
    cubes_.erase(it);
  }
}

// After a reduction, which is rare, everything is looked at again until nothing merges.
template <class R, bool kCyclic>
void FlipGraph<R, kCyclic>::ReduceEverywhere() {
  for (bool again = true; again;) {
    again = false;
    for (int term = 0; term < terms_ && !again; ++term) {
      again = BecomeCube(term);
      for (int side = 0; side < 3 && !again; ++side) {
        again = ReduceAround({.side = side, .term = term});
      }
    }
  }
}

template class FlipGraph<Z2Ring>;
template class FlipGraph<TernaryRing>;
template class FlipGraph<Z2Ring, true>;
template class FlipGraph<TernaryRing, true>;

}  // namespace tesuji::env::matmul
