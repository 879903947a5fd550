// The shape of a matrix product and what is known about it: an n x m matrix times an m x p one.
//
// Published ranks are the best we know of for each ring (reference data, checked by hand in
// 2026; newer bounds appear every few months): Kauers & Moosbauer arXiv 2212.01175, Arai, Ichikawa
// & Hukushima arXiv 2312.16960, Moosbauer & Poole arXiv 2502.04514, Perminov arXiv 2511.20317.
// Thread-safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tesuji::env::matmul {

inline constexpr int kMaxSide = 5;
inline constexpr int kMaxEntries = kMaxSide * kMaxSide;  ///< Of one factor.

/// Where coefficients live. kZ2: {0, 1} with 1 + 1 = 0, a scheme holds modulo 2 only.
/// kTernary: {-1, 0, 1} over the integers, a scheme holds over every ring.
enum class Ring : std::uint8_t { kZ2, kTernary };

/// "Z2" or "ternary".
std::string_view RingName(Ring ring);
Result<Ring> ParseRing(std::string_view name);

struct Format {
  int n = 0;
  int m = 0;
  int p = 0;

  /// Entries of factor `side`: 0 the left matrix, 1 the right one, 2 the product; row-major.
  int entries(int side) const { return side == 0 ? n * m : side == 1 ? m * p : n * p; }
  int standard_rank() const { return n * m * p; }
  /// "4x4x5".
  std::string ToText() const;
  friend bool operator==(const Format&, const Format&) = default;
};

/// Every side 1 to 5.
Status CheckFormat(const Format& format);
/// Reads "4x4x5".
Result<Format> ParseFormat(std::string_view text);
/// The best published rank, for any order of the sides; empty when a side is 1 (nothing to gain).
std::optional<int> PublishedRank(const Format& format, Ring ring);

}  // namespace tesuji::env::matmul
