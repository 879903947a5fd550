// How the kernels make their results: numbers within the language's limits, lists in the arena.
// Inside env/program/language only. Thread-safety: the arena is the caller's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "env/program/language/kernels.h"
#include "env/program/language/value.h"

namespace tesuji::env::program::kernels {

/// A failure beyond the language's numbers.
inline Value Number(std::int64_t value) {
  if (value < -kLimit || value > kLimit) return Value::Failure();
  return {static_cast<std::int32_t>(value), nullptr};
}

/// Collects a list of at most `capacity` numbers.
class Builder {
 public:
  Builder(Arena* arena, std::int64_t capacity)
      : arena_(arena),
        capacity_(static_cast<std::size_t>(std::min<std::int64_t>(capacity, kMaxLength))),
        data_(arena->Take(capacity_)) {}
  void Add(std::int32_t value) {
    if (n_ < static_cast<std::int32_t>(capacity_)) data_[n_] = value;
    ++n_;
  }
  void Add(const std::int32_t* values, std::int64_t count) {
    if (count > 0 && n_ + count <= static_cast<std::int64_t>(capacity_)) {
      std::memcpy(data_ + n_, values, static_cast<std::size_t>(count) * sizeof(std::int32_t));
    }
    n_ += static_cast<std::int32_t>(std::max<std::int64_t>(count, 0));
  }
  std::int32_t* data() { return data_; }
  Value Done() {
    if (n_ > static_cast<std::int32_t>(capacity_)) return Value::Failure();
    arena_->GiveBack(capacity_ - static_cast<std::size_t>(n_));
    return {n_, data_};
  }

 private:
  Arena* arena_;
  std::size_t capacity_;
  std::int32_t* data_;
  std::int32_t n_ = 0;
};

/// Keys of all elements, or null when one fails.
inline const std::int32_t* Keys(const Function& key, const Value& list, Arena* arena) {
  std::int32_t* keys = arena->Take(static_cast<std::size_t>(list.n));
  for (std::int32_t i = 0; i < list.n; ++i) {
    const Value x{list.data[i], nullptr};
    const Value value = key(&x);
    if (value.failed()) return nullptr;
    keys[i] = value.n;
  }
  return keys;
}

}  // namespace tesuji::env::program::kernels
