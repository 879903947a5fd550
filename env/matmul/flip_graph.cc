#include "env/matmul/flip_graph.h"

#include <algorithm>

namespace tesuji::env::matmul {

template <class R>
FlipGraph<R>::FlipGraph(const Scheme& scheme) : format_(scheme.format) {
  assert(scheme.ring == R::kRing && scheme.rank() <= kMaxTerms);
  for (const Term& term : scheme.terms) {
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

template <class R>
Scheme FlipGraph<R>::ToScheme() const {
  Scheme scheme{.format = format_, .ring = R::kRing, .terms = {}};
  for (int term = 0; term < rank_; ++term) {
    Term bits = {R::ToBits(word(0, term)), R::ToBits(word(1, term)), R::ToBits(word(2, term))};
    if (negative_[term] != 0) std::swap(bits[2].plus, bits[2].minus);
    scheme.terms.push_back(bits);
  }
  return scheme;
}

template <class R>
void FlipGraph<R>::Save(Snapshot* snapshot) const {
  snapshot->rank = rank_;
  for (int side = 0; side < 3; ++side) {
    for (int term = 0; term < rank_; ++term) snapshot->words[side][term] = word(side, term);
  }
  std::copy_n(negative_.begin(), rank_, snapshot->negative.begin());
}

template <class R>
void FlipGraph<R>::Load(const Snapshot& snapshot) {
  rank_ = 0;
  words_.Clear();
  for (int term = 0; term < snapshot.rank; ++term) {
    AppendTerm({snapshot.words[0][term], snapshot.words[1][term], snapshot.words[2][term]},
               snapshot.negative[term] != 0);
  }
}

template <class R>
bool FlipGraph<R>::Plus(int i, int j, int x, int y, int z) {
  assert(i != j && !SharesAny(i, j) && rank_ < kMaxTerms);
  // With signs on c: (a - a') b sc + a' b (sc + s'c') + a' (b' - b) s'c'.
  const bool opposite = R::kSigned && negative_[i] != negative_[j];
  Word a;
  Word b;
  Word c;
  if (!R::Add(word(x, i), word(x, j), true, &a) || !R::Add(word(y, j), word(y, i), true, &b) ||
      !R::Add(word(z, i), word(z, j), opposite, &c)) {
    return false;
  }
  std::array<Word, 3> extra;
  extra[x] = word(x, j);
  extra[y] = word(y, i);
  extra[z] = c;
  const bool extra_negative = (negative_[i] != 0) != R::Canonicalise(&extra[z]);
  negative_[i] ^= static_cast<std::uint8_t>(R::Canonicalise(&a));
  negative_[j] ^= static_cast<std::uint8_t>(R::Canonicalise(&b));
  words_.Set(x, i, a);
  words_.Set(y, j, b);
  AppendTerm(extra, extra_negative);
  ReduceEverywhere();
  return true;
}

template <class R>
void FlipGraph<R>::AppendTerm(const std::array<Word, 3>& words, bool negative) {
  const int term = rank_++;
  negative_[term] = static_cast<std::uint8_t>(negative);
  for (int side = 0; side < 3; ++side) {
    words_.Insert(side, term, words[side]);
  }
}

template <class R>
void FlipGraph<R>::RemoveTerm(int term) {
  const int last = --rank_;
  for (int side = 0; side < 3; ++side) {
    words_.Erase(side, term);
    if (term == last) continue;
    words_.Erase(side, last);
    words_.Insert(side, term, word(side, last));
  }
  negative_[term] = negative_[last];
}

// Two terms that share two factors become one, or none when they cancel. False: would not fit.
template <class R>
bool FlipGraph<R>::Merge(int keep, int gone) {
  int side = 0;
  while (side < 2 && word(side, keep) == word(side, gone)) ++side;
  Word sum;
  const bool opposite = R::kSigned && negative_[keep] != negative_[gone];
  if (!R::Add(word(side, keep), word(side, gone), opposite, &sum)) return false;
  if (sum != 0) {
    negative_[keep] ^= static_cast<std::uint8_t>(R::Canonicalise(&sum));
    words_.Set(side, keep, sum);
    RemoveTerm(gone);
  } else {
    RemoveTerm(std::max(keep, gone));
    RemoveTerm(std::min(keep, gone));
  }
  return true;
}

template <class R>
bool FlipGraph<R>::ReduceAround(int side, int term) {
  const std::uint8_t other = FindDouble(side, term);
  return other != kNone && Merge(other, term);
}

// After a reduction, which is rare, everything is looked at again until nothing merges.
template <class R>
bool FlipGraph<R>::ReduceEverywhere() {
  bool any = false;
  for (bool again = true; again;) {
    again = false;
    for (int term = 0; term < rank_ && !again; ++term) {
      for (int side = 0; side < 3 && !again; ++side) again = ReduceAround(side, term);
    }
    any |= again;
  }
  return any;
}

template class FlipGraph<Z2Ring>;
template class FlipGraph<TernaryRing>;

}  // namespace tesuji::env::matmul
