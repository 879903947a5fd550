#include "dataset/curate/hash.h"

#include <string>

#include "core/sha256.h"

namespace tesuji::dataset {

std::uint64_t HashText(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return Mix64(hash);
}

Key128 IdentityKey(std::string_view bytes) {
  const std::string hex = Sha256Hex(bytes);
  return {.high = std::stoull(hex.substr(0, 16), nullptr, 16),
          .low = std::stoull(hex.substr(16, 16), nullptr, 16)};
}

}  // namespace tesuji::dataset
