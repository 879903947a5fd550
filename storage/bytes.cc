#include "storage/bytes.h"

#include <fmt/format.h>

namespace tesuji::storage {

void ByteReader::Complain(const char* field, std::string_view reason) {
  if (failed()) return;
  error_ = fmt::format("{}: {} at byte {} of {}", field, reason, position_, bytes_.size());
}

std::string_view ByteReader::Bytes(std::uint64_t count, const char* field) {
  if (failed()) return {};
  if (count > remaining()) {
    Complain(field, "ends early");
    return {};
  }
  const auto bytes = bytes_.substr(position_, static_cast<std::size_t>(count));
  position_ += bytes.size();
  return bytes;
}

std::uint8_t ByteReader::Byte(const char* field) {
  const auto bytes = Bytes(1, field);
  return bytes.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes[0]);
}

std::uint64_t ByteReader::Varint(const char* field) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = Byte(field);
    if (failed()) return 0;
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80) != 0) continue;
    if ((shift > 0 && byte == 0) || (shift == 63 && byte > 1)) break;
    return value;
  }
  Complain(field, "malformed varint");
  return 0;
}

std::uint64_t ByteReader::VarintUpTo(std::uint64_t maximum, const char* field) {
  const std::uint64_t value = Varint(field);
  if (value <= maximum) return value;
  Complain(field, fmt::format("{} is over {}", value, maximum));
  return 0;
}

std::int64_t ByteReader::Signed(std::int64_t minimum, std::int64_t maximum, const char* field) {
  const std::int64_t value = UnZigZag(Varint(field));
  if (failed() || (value >= minimum && value <= maximum)) return value;
  Complain(field, fmt::format("{} is outside {} to {}", value, minimum, maximum));
  return 0;
}

std::uint64_t ByteReader::Fixed64(const char* field) {
  std::uint64_t value = 0;
  int shift = 0;
  for (const char byte : Bytes(8, field)) {
    value |= std::uint64_t{static_cast<std::uint8_t>(byte)} << shift;
    shift += 8;
  }
  return value;
}

float ByteReader::Float(const char* field) {
  std::uint32_t bits = 0;
  int shift = 0;
  for (const char byte : Bytes(4, field)) {
    bits |= std::uint32_t{static_cast<std::uint8_t>(byte)} << shift;
    shift += 8;
  }
  return std::bit_cast<float>(bits);
}

std::size_t ByteReader::Count(std::size_t bytes_each, const char* field) {
  const std::uint64_t count = Varint(field);
  if (count <= remaining() / bytes_each) return static_cast<std::size_t>(count);
  Complain(field, fmt::format("{} items do not fit into what is left", count));
  return 0;
}

}  // namespace tesuji::storage
