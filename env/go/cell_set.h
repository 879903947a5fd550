// A set of cells of a board up to 19x19: 361 bits. A plain value.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "env/go/rules.h"

namespace tesuji::env::go {

class CellSet {
 public:
  bool Contains(int cell) const { return (words_[cell >> 6] >> (cell & 63)) & 1U; }
  void Insert(int cell) { words_[cell >> 6] |= std::uint64_t{1} << (cell & 63); }
  bool empty() const {
    std::uint64_t all = 0;
    for (std::uint64_t word : words_) all |= word;
    return all == 0;
  }
  /// Calls visit(cell) in ascending order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        visit(static_cast<int>(64 * i) + std::countr_zero(rest));
      }
    }
  }
  friend bool operator==(const CellSet&, const CellSet&) = default;

 private:
  std::array<std::uint64_t, (kMaxCells + 63) / 64> words_{};
};

}  // namespace tesuji::env::go
