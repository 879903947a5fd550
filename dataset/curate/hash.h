// Hashes of curation: 64 bits for words and shingles, 128 for identities. Equal on every machine.
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/key128.h"
#include "core/mix64.h"

namespace tesuji::dataset {

/// Depends on both and on their order.
constexpr std::uint64_t Combine64(std::uint64_t a, std::uint64_t b) {
  return Mix64(a * 0x9e3779b97f4a7c15ULL ^ Mix64(b));
}

/// FNV-1a, then Mix64().
std::uint64_t HashText(std::string_view text);

/// The first 128 bits of SHA-256.
Key128 IdentityKey(std::string_view bytes);

/// 64 bits of a key.
inline std::uint64_t Fold(const Key128& key) { return Combine64(key.high, key.low); }

}  // namespace tesuji::dataset
