#include "storage/checksum.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "core/sha256.h"

namespace tesuji::storage {

RowChecksum& RowChecksum::Text(std::string_view text) {
  lines_.append(text);
  lines_.push_back('\n');
  return *this;
}

RowChecksum& RowChecksum::Integer(std::int64_t value) { return Text(fmt::format("{}", value)); }

RowChecksum& RowChecksum::Real(double value) {
  if (std::isnan(value)) return Text("null");
  return Text(fmt::format("{:016x}", std::bit_cast<std::uint64_t>(value)));
}

std::string RowChecksum::Finish() const { return BlobChecksum(lines_); }

std::string BlobChecksum(std::string_view bytes) { return Sha256Hex(bytes).substr(0, 16); }

}  // namespace tesuji::storage
