// A 128-bit identity of a state: equal states have equal keys.
// Wide enough that two different states never meet in practice; caches still verify all 128 bits.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace tesuji {

struct Key128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Key128&, const Key128&) = default;
  Key128& operator^=(const Key128& other) {
    high ^= other.high;
    low ^= other.low;
    return *this;
  }
  friend Key128 operator^(Key128 a, const Key128& b) { return a ^= b; }

  /// 32 lower-case hexadecimal digits.
  std::string ToHex() const;
};

}  // namespace tesuji

template <>
struct std::hash<tesuji::Key128> {
  std::size_t operator()(const tesuji::Key128& key) const noexcept { return key.low; }
};
