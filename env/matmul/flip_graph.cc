#include "env/matmul/flip_graph.h"

#include <algorithm>

namespace tesuji::env::matmul {

template <class R>
FlipGraph<R>::FlipGraph(const Scheme& scheme) : format_(scheme.format) {
  assert(scheme.ring == R::kRing && scheme.rank() <= kMaxTerms);
  // Every two terms might share a factor on every side; a scheme's pairs are far fewer.
  pairs_.resize(3 * kMaxTerms * (kMaxTerms - 1) / 2);
  for (auto& side : heads_) side.fill(kNone);
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
    Term bits = {R::ToBits(words_[0][term]), R::ToBits(words_[1][term]),
                 R::ToBits(words_[2][term])};
    if (negative_[term] != 0) std::swap(bits[2].plus, bits[2].minus);
    scheme.terms.push_back(bits);
  }
  return scheme;
}

template <class R>
void FlipGraph<R>::Save(Snapshot* snapshot) const {
  snapshot->rank = rank_;
  for (int side = 0; side < 3; ++side) {
    std::copy_n(words_[side].begin(), rank_, snapshot->words[side].begin());
  }
  std::copy_n(negative_.begin(), rank_, snapshot->negative.begin());
}

template <class R>
void FlipGraph<R>::Load(const Snapshot& snapshot) {
  rank_ = 0;
  pair_count_ = 0;
  for (auto& side : heads_) side.fill(kNone);
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
  if (!R::Add(words_[x][i], words_[x][j], true, &a) ||
      !R::Add(words_[y][j], words_[y][i], true, &b) ||
      !R::Add(words_[z][i], words_[z][j], opposite, &c)) {
    return false;
  }
  std::array<Word, 3> extra;
  extra[x] = words_[x][j];
  extra[y] = words_[y][i];
  extra[z] = c;
  const bool extra_negative = (negative_[i] != 0) != R::Canonicalise(&extra[z]);
  negative_[i] ^= static_cast<std::uint8_t>(R::Canonicalise(&a));
  negative_[j] ^= static_cast<std::uint8_t>(R::Canonicalise(&b));
  SetWord(x, i, a);
  SetWord(y, j, b);
  AppendTerm(extra, extra_negative);
  ReduceEverywhere();
  return true;
}

template <class R>
void FlipGraph<R>::AppendTerm(const std::array<Word, 3>& words, bool negative) {
  const int term = rank_++;
  negative_[term] = static_cast<std::uint8_t>(negative);
  for (int side = 0; side < 3; ++side) {
    words_[side][term] = words[side];
    Link(side, term);
  }
}

template <class R>
void FlipGraph<R>::RemoveTerm(int term) {
  const int last = --rank_;
  for (int side = 0; side < 3; ++side) {
    Unlink(side, term);
    if (term == last) continue;
    Unlink(side, last);
    words_[side][term] = words_[side][last];
    Link(side, term);
  }
  negative_[term] = negative_[last];
}

// Two terms that share two factors become one, or none when they cancel. False: would not fit.
template <class R>
bool FlipGraph<R>::Merge(int keep, int gone) {
  int side = 0;
  while (side < 2 && words_[side][keep] == words_[side][gone]) ++side;
  Word sum;
  const bool opposite = R::kSigned && negative_[keep] != negative_[gone];
  if (!R::Add(words_[side][keep], words_[side][gone], opposite, &sum)) return false;
  if (sum != 0) {
    negative_[keep] ^= static_cast<std::uint8_t>(R::Canonicalise(&sum));
    SetWord(side, keep, sum);
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
