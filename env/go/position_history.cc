#include "env/go/position_history.h"

namespace tesuji::env::go {

void PositionHistory::Insert(const Key128& key) {
  const std::uint64_t bit = key.low % kFilterBits;
  filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  keys_.push_back(key);
}

bool PositionHistory::Contains(const Key128& key) const {
  const std::uint64_t bit = key.low % kFilterBits;
  if (((filter_[bit / 64] >> (bit % 64)) & 1U) == 0) return false;
  // From the end: most repetitions are recent ones.
  for (auto known = keys_.rbegin(); known != keys_.rend(); ++known) {
    if (*known == key) return true;
  }
  return false;
}

}  // namespace tesuji::env::go
