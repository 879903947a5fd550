// Which factors of a scheme are equal: the index under every flip graph. It holds the words of
// `kLists` separate lists of `kSlots` slots each, and all pairs of slots of one list that hold
// equal words, so that a uniformly random pair is chosen in O(1). Equal words are found through a
// hash table of circular lists.
//
// The caller keeps words canonical (ring.h) and not zero, and knows which slots are in use.
// Internal to matmul. Thread-safety: one thread at a time; plain value, copying forks it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace tesuji::env::matmul {

template <class R, int kLists, int kSlots>
class EqualWords {
 public:
  using Word = typename R::Word;
  struct Pair {
    std::uint8_t list = 0;
    std::uint8_t first = 0;
    std::uint8_t second = 0;
  };

  EqualWords() {
    // Every two slots might be equal; a scheme's pairs are far fewer.
    pairs_.resize(kLists * kSlots * (kSlots - 1) / 2);
    Clear();
  }

  void Clear() {
    pair_count_ = 0;
    for (auto& list : heads_) list.fill(kNone);
  }
  std::uint32_t pair_count() const { return pair_count_; }
  const Pair& pair(std::uint32_t index) const { return pairs_[index]; }
  Word word(int list, int slot) const { return words_[list][slot]; }
  /// The slots in the bucket of `slot`, itself included, in a circle; not all hold equal words.
  std::uint8_t Next(int list, int slot) const { return next_[list][slot]; }

  /// How many slots of the list hold `word`.
  int Count(int list, Word word) const {
    const std::uint8_t head = heads_[list][Bucket(word)];
    if (head == kNone) return 0;
    int count = 0;
    std::uint8_t slot = head;
    do {
      count += words_[list][slot] == word ? 1 : 0;
      slot = next_[list][slot];
    } while (slot != head);
    return count;
  }

  /// REQUIRES: `slot` is not in use.
  void Insert(int list, int slot, Word word) {
    words_[list][slot] = word;
    Link(list, slot);
  }
  /// REQUIRES: `slot` is in use.
  void Erase(int list, int slot) {
    const Word word = words_[list][slot];
    const std::uint8_t next = next_[list][slot];
    for (std::uint8_t other = next; other != slot; other = next_[list][other]) {
      if (words_[list][other] == word) RemovePair(list, slot, other);
    }
    const std::uint8_t previous = previous_[list][slot];
    next_[list][previous] = next;
    previous_[list][next] = previous;
    std::uint8_t& head = heads_[list][Bucket(word)];
    if (head == slot) head = next == slot ? kNone : next;
  }
  /// REQUIRES: `slot` is in use.
  void Set(int list, int slot, Word word) {
    Erase(list, slot);
    Insert(list, slot, word);
  }

 private:
  static constexpr int kBucketBits = 9;
  static constexpr std::uint8_t kNone = 255;
  static_assert(kSlots < kNone);

  static std::uint32_t Bucket(Word word) { return R::Hash(word) >> (32 - kBucketBits); }
  std::uint16_t& Position(int list, int i, int j) {
    return i < j ? positions_[list][i][j] : positions_[list][j][i];
  }
  void AddPair(int list, int i, int j) {
    Position(list, i, j) = static_cast<std::uint16_t>(pair_count_);
    pairs_[pair_count_++] = {static_cast<std::uint8_t>(list), static_cast<std::uint8_t>(i),
                             static_cast<std::uint8_t>(j)};
  }
  void RemovePair(int list, int i, int j) {
    const std::uint16_t hole = Position(list, i, j);
    const Pair last = pairs_[--pair_count_];
    pairs_[hole] = last;
    Position(last.list, last.first, last.second) = hole;
  }
  void Link(int list, int slot) {
    const Word word = words_[list][slot];
    const auto self = static_cast<std::uint8_t>(slot);
    std::uint8_t& head = heads_[list][Bucket(word)];
    if (head == kNone) {
      head = next_[list][slot] = previous_[list][slot] = self;
      return;
    }
    std::uint8_t other = head;
    do {
      if (words_[list][other] == word) AddPair(list, slot, other);
      other = next_[list][other];
    } while (other != head);
    const std::uint8_t last = previous_[list][head];
    next_[list][last] = previous_[list][head] = self;
    previous_[list][slot] = last;
    next_[list][slot] = head;
  }

  std::uint32_t pair_count_ = 0;
  std::array<std::array<Word, kSlots>, kLists> words_{};
  std::array<std::array<std::uint8_t, kSlots>, kLists> next_{};
  std::array<std::array<std::uint8_t, kSlots>, kLists> previous_{};
  std::array<std::array<std::uint8_t, 1U << kBucketBits>, kLists> heads_{};
  std::vector<Pair> pairs_;
  std::array<std::array<std::array<std::uint16_t, kSlots>, kSlots>, kLists> positions_{};
};

}  // namespace tesuji::env::matmul
