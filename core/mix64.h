// A bijection of 64 bits that spreads every bit: splitmix64 (Steele, Lea & Flood 2014). Equal on
// every machine; stored hashes and random streams depend on it, so it never changes.
// Thread-safety: a free function.
#pragma once

#include <cstdint>

namespace tesuji {

constexpr std::uint64_t Mix64(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace tesuji
