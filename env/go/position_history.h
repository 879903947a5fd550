// The positions a game has been through, for superko: exact membership with a Bloom filter in
// front, so that the usual answer "never seen" costs one look.
// Thread-safety: a plain value.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/key128.h"

namespace tesuji::env::go {

class PositionHistory {
 public:
  void Insert(const Key128& key);
  bool Contains(const Key128& key) const;

 private:
  static constexpr int kFilterBits = 4096;
  std::array<std::uint64_t, kFilterBits / 64> filter_{};
  std::vector<Key128> keys_;
};

}  // namespace tesuji::env::go
