// The positions seen so far and the split that saw each first: a flat table of nine bytes a slot.
// Thread-safety: none.
#pragma once

#include <cstdint>
#include <vector>

namespace tesuji::dataset {

class PositionTable {
 public:
  PositionTable() : keys_(kFirstSlots), splits_(kFirstSlots, kFree) {}

  /// The split that `key` was first inserted with, or -1 when it is new.
  int Insert(std::uint64_t key, std::uint8_t split) {
    if (2 * (count_ + 1) > keys_.size()) Grow();
    const std::size_t slot = Find(key);
    if (splits_[slot] != kFree) return splits_[slot];
    keys_[slot] = key;
    splits_[slot] = split;
    ++count_;
    return -1;
  }
  std::size_t size() const { return count_; }

 private:
  static constexpr std::size_t kFirstSlots = 1024;  // A power of two.
  static constexpr std::uint8_t kFree = 255;

  std::size_t Find(std::uint64_t key) const {
    const std::size_t mask = keys_.size() - 1;
    std::size_t slot = key & mask;  // Keys are well mixed.
    while (splits_[slot] != kFree && keys_[slot] != key) slot = (slot + 1) & mask;
    return slot;
  }
  void Grow() {
    std::vector<std::uint64_t> keys(2 * keys_.size());
    std::vector<std::uint8_t> splits(2 * keys_.size(), kFree);
    keys.swap(keys_);
    splits.swap(splits_);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (splits[i] == kFree) continue;
      const std::size_t slot = Find(keys[i]);
      keys_[slot] = keys[i];
      splits_[slot] = splits[i];
    }
  }

  std::vector<std::uint64_t> keys_;
  std::vector<std::uint8_t> splits_;
  std::size_t count_ = 0;
};

}  // namespace tesuji::dataset
