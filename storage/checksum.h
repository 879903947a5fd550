// The checksum that every row carries: damage SQLite cannot see (it has no checksums of its own)
// is found when the row is read.
//
// Definition: every column as text (integers in decimal; reals as the 16 hexadecimal digits of
// their bits, or "null"), each followed by a line feed; SHA-256 of that, the first 16 digits.
// Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tesuji::storage {

class RowChecksum {
 public:
  RowChecksum& Text(std::string_view text);
  RowChecksum& Integer(std::int64_t value);
  RowChecksum& Real(double value);  ///< Every NaN counts as null, as SQLite keeps it.
  std::string Finish() const;

 private:
  std::string lines_;
};

/// The checksum of a blob: the first 16 digits of its SHA-256.
std::string BlobChecksum(std::string_view bytes);

}  // namespace tesuji::storage
