// A scheme as a node of the flip graph: every move keeps it a scheme for the same product.
//   flip       a⊗b⊗c + a⊗b'⊗c'  =  a⊗(b ± b')⊗c + a⊗b'⊗(c' ∓ c)
//   reduction  a factor becomes zero, or two terms share two factors: the rank falls
//   plus       a⊗b⊗c + a'⊗b'⊗c'  =  (a - a')⊗b⊗c + a'⊗b⊗(c + c') + a'⊗(b' - b)⊗c'
// Flips and reductions: Kauers & Moosbauer, arXiv 2212.01175; plus transitions: Arai, Ichikawa &
// Hukushima, arXiv 2312.16960. Reductions are taken at once.
//
// Invariants: all pairs of terms that share a factor, and no others, are in `pairs_`, so that a
// uniformly random flip is chosen in O(1); terms with equal factors are found through a hash table
// of circular lists. Words are canonical (ring.h); no factor is zero.
// Internal to matmul. Thread-safety: one thread at a time; plain value, copying forks it.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <vector>

#include "env/matmul/ring.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

template <class R>
class FlipGraph {
 public:
  using Word = typename R::Word;
  static constexpr int kMaxTerms = 160;

  /// Terms `first` and `second` share factor `side`.
  struct Pair {
    std::uint8_t side = 0;
    std::uint8_t first = 0;
    std::uint8_t second = 0;
  };
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
  std::uint32_t pair_count() const { return pair_count_; }
  Word word(int side, int term) const { return words_[side][term]; }
  Scheme ToScheme() const;

  /// Flips a uniformly random pair, all of whose choices come from the 64 `bits`.
  /// REQUIRES: pair_count() > 0.
  Step FlipRandom(std::uint64_t bits) {
    const auto index = static_cast<std::uint32_t>(((bits >> 32) * pair_count_) >> 32);
    const Pair pair = pairs_[index];
    // Which of the two gives: without a branch, it would be mispredicted half of the time.
    const unsigned swap = 0U - static_cast<unsigned>(bits & 1U);
    const unsigned both = (pair.first ^ pair.second) & swap;
    return Flip(pair.side, static_cast<int>(pair.first ^ both),
                static_cast<int>(pair.second ^ both), (bits & 2U) != 0);
  }

  /// Adds (or subtracts) to factor side+1 of `taker` that of `giver`, and settles the difference
  /// in factor side+2 of `giver`. REQUIRES: they are two terms that share factor `side`.
  Step Flip(int side, int taker, int giver, bool subtract);

  /// The plus transition on two terms that share no factor; `x`, `y`, `z` is a permutation of the
  /// sides, in the roles of a, b, c above. False: refused, nothing changed.
  /// REQUIRES: rank() < kMaxTerms.
  bool Plus(int i, int j, int x, int y, int z);

  bool SharesAny(int i, int j) const {
    return words_[0][i] == words_[0][j] || words_[1][i] == words_[1][j] ||
           words_[2][i] == words_[2][j];
  }

 private:
  static constexpr int kBucketBits = 9;
  static constexpr std::uint8_t kNone = 255;
  static_assert(kMaxTerms < kNone);

  std::uint32_t Bucket(Word word) const { return R::Hash(word) >> (32 - kBucketBits); }
  std::uint16_t& Position(int side, int i, int j) {
    return i < j ? positions_[side][i][j] : positions_[side][j][i];
  }
  void AddPair(int side, int i, int j) {
    Position(side, i, j) = static_cast<std::uint16_t>(pair_count_);
    pairs_[pair_count_++] = {static_cast<std::uint8_t>(side), static_cast<std::uint8_t>(i),
                             static_cast<std::uint8_t>(j)};
  }
  void RemovePair(int side, int i, int j) {
    const std::uint16_t hole = Position(side, i, j);
    const Pair last = pairs_[--pair_count_];
    pairs_[hole] = last;
    Position(last.side, last.first, last.second) = hole;
  }
  /// Takes a term out of the index of one side; its word must not have changed yet.
  void Unlink(int side, int term) {
    const Word word = words_[side][term];
    const std::uint8_t next = next_[side][term];
    for (std::uint8_t other = next; other != term; other = next_[side][other]) {
      if (words_[side][other] == word) RemovePair(side, term, other);
    }
    const std::uint8_t previous = previous_[side][term];
    next_[side][previous] = next;
    previous_[side][next] = previous;
    std::uint8_t& head = heads_[side][Bucket(word)];
    if (head == term) head = next == term ? kNone : next;
  }
  /// Enters a term under its present word.
  void Link(int side, int term) {
    const Word word = words_[side][term];
    const auto self = static_cast<std::uint8_t>(term);
    std::uint8_t& head = heads_[side][Bucket(word)];
    if (head == kNone) {
      head = next_[side][term] = previous_[side][term] = self;
      return;
    }
    std::uint8_t other = head;
    do {
      if (words_[side][other] == word) AddPair(side, term, other);
      other = next_[side][other];
    } while (other != head);
    const std::uint8_t last = previous_[side][head];
    next_[side][last] = previous_[side][head] = self;
    previous_[side][term] = last;
    next_[side][term] = head;
  }
  void SetWord(int side, int term, Word word) {
    Unlink(side, term);
    words_[side][term] = word;
    Link(side, term);
  }
  /// Another term that shares `side` and one more factor with `term`, or kNone.
  std::uint8_t FindDouble(int side, int term) const {
    const int t = side == 2 ? 0 : side + 1;
    const int u = 3 - side - t;
    for (std::uint8_t other = next_[side][term]; other != term; other = next_[side][other]) {
      if (words_[side][other] != words_[side][term]) continue;
      if (words_[t][other] == words_[t][term] || words_[u][other] == words_[u][term]) return other;
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
  std::uint32_t pair_count_ = 0;
  std::array<std::array<Word, kMaxTerms>, 3> words_{};
  std::array<std::uint8_t, kMaxTerms> negative_{};  // The sign of each term; 0 over Z2.
  std::array<std::array<std::uint8_t, kMaxTerms>, 3> next_{};
  std::array<std::array<std::uint8_t, kMaxTerms>, 3> previous_{};
  std::array<std::array<std::uint8_t, 1U << kBucketBits>, 3> heads_{};
  std::vector<Pair> pairs_;
  std::array<std::array<std::array<std::uint16_t, kMaxTerms>, kMaxTerms>, 3> positions_{};
};

template <class R>
inline typename FlipGraph<R>::Step FlipGraph<R>::Flip(int side, int taker, int giver,
                                                      bool subtract) {
  assert(taker != giver && words_[side][taker] == words_[side][giver]);
  const int t = side == 2 ? 0 : side + 1;
  const int u = t == 2 ? 0 : t + 1;
  // With the signs s of the terms pulled out: s_i a b c + s_j a b' c' =
  // s_i a (b + x b') c + s_j a b' (c' - x s_i s_j c) for x = +1 or -1.
  const bool opposite = R::kSigned && negative_[taker] != negative_[giver];
  Word taken;
  Word given;
  if (!R::Add(words_[t][taker], words_[t][giver], subtract, &taken) ||
      !R::Add(words_[u][giver], words_[u][taker], subtract == opposite, &given)) {
    return Step::kRefused;
  }
  if (taken == 0 || given == 0) [[unlikely]] {
    // The zero term goes; the other keeps its new factor.
    if (given != 0) {
      negative_[giver] ^= static_cast<std::uint8_t>(R::Canonicalise(&given));
      SetWord(u, giver, given);
    }
    if (taken != 0) {
      negative_[taker] ^= static_cast<std::uint8_t>(R::Canonicalise(&taken));
      SetWord(t, taker, taken);
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
  SetWord(t, taker, taken);
  SetWord(u, giver, given);
  const bool reduced = ReduceAround(t, taker) || ReduceAround(u, giver);
  if (!reduced) return Step::kMoved;
  ReduceEverywhere();
  return Step::kReduced;
}

extern template class FlipGraph<Z2Ring>;
extern template class FlipGraph<TernaryRing>;

}  // namespace tesuji::env::matmul
