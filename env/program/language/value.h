// Values while a program runs: numbers, truth, lists and lists of lists, as views into an arena.
//
// A failed value (division by zero, overflow, a position that is not there, a list too long) is a
// value too, so that a search can carry on with the examples that did not fail.
// Thread-safety: plain values; an Arena belongs to one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace tesuji::env::program {

/// A number or truth value: `n`. A list: `n` numbers at `data`. Rows: `n` lengths at `data`, then
/// all numbers.
struct Value {
  std::int32_t n = 0;
  const std::int32_t* data = nullptr;

  static constexpr std::int32_t kFailed = std::numeric_limits<std::int32_t>::min();
  static Value Failure() { return {kFailed, nullptr}; }
  bool failed() const { return n == kFailed; }
};

inline bool IsSubsequence(std::span<const std::int32_t> part, std::span<const std::int32_t> whole) {
  auto at = whole.begin();
  for (const std::int32_t x : part) {
    at = std::find(at, whole.end(), x);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

/// Numbers in all rows together.
inline std::int32_t RowTotal(const Value& rows) {
  std::int32_t total = 0;
  for (std::int32_t i = 0; i < rows.n; ++i) total += rows.data[i];
  return total;
}

/// A stack of numbers in chunks: pointers stay good until Release() goes below them.
class Arena {
 public:
  struct Mark {
    std::size_t chunk = 0;
    std::size_t used = 0;
  };
  Arena() { chunks_.push_back(std::make_unique<std::int32_t[]>(kChunk)); }
  /// REQUIRES: count is at most kChunk.
  std::int32_t* Take(std::size_t count) {
    if (used_ + count > kChunk) Grow();
    std::int32_t* out = chunks_[chunk_].get() + used_;
    used_ += count;
    return out;
  }
  /// Gives back the last `count` numbers of the last Take().
  void GiveBack(std::size_t count) { used_ -= count; }
  Mark mark() const { return {chunk_, used_}; }
  void Release(const Mark& mark) {
    chunk_ = mark.chunk;
    used_ = mark.used;
  }
  static constexpr std::size_t kChunk = std::size_t{1} << 16;

 private:
  void Grow() {
    ++chunk_;
    if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique<std::int32_t[]>(kChunk));
    used_ = 0;
  }
  std::vector<std::unique_ptr<std::int32_t[]>> chunks_;
  std::size_t chunk_ = 0;
  std::size_t used_ = 0;
};

}  // namespace tesuji::env::program
