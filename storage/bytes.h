// Appending to and reading from byte strings: varints, little-endian numbers, length-prefixed
// strings. The vocabulary of storage/codec.h.
//
// Failure: a reader that meets bad bytes latches its first complaint and from then on returns zeros
// and empty strings; check failed() at the end. Counts are checked against the bytes that are left
// before anything is allocated, so hostile input cannot ask for more memory than it has bytes.
// Thread-safety: one thread at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace tesuji::storage {

/// Maps small negative numbers to small unsigned ones: 0, -1, 1, -2, … become 0, 1, 2, 3, ….
constexpr std::uint64_t ZigZag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t UnZigZag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

class ByteWriter {
 public:
  void Byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void Bytes(std::string_view bytes) { bytes_.append(bytes); }
  /// LEB128: seven bits a byte, lowest first, the high bit set on all but the last.
  void Varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<std::uint8_t>(value | 0x80));
    Byte(static_cast<std::uint8_t>(value));
  }
  void Signed(std::int64_t value) { Varint(ZigZag(value)); }
  void Fixed64(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) Byte(static_cast<std::uint8_t>(value >> shift));
  }
  /// The bit pattern, little endian: -0 and every NaN survive.
  void Float(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) Byte(static_cast<std::uint8_t>(bits >> shift));
  }
  void String(std::string_view text) {
    Varint(text.size());
    Bytes(text);
  }
  std::size_t size() const { return bytes_.size(); }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t Byte(const char* field);
  /// Refuses encodings longer than needed, so that one value has one encoding.
  std::uint64_t Varint(const char* field);
  /// A varint that must not exceed `maximum`.
  std::uint64_t VarintUpTo(std::uint64_t maximum, const char* field);
  std::int64_t Signed(std::int64_t minimum, std::int64_t maximum, const char* field);
  std::uint64_t Fixed64(const char* field);
  float Float(const char* field);
  std::string_view Bytes(std::uint64_t count, const char* field);
  std::string_view String(const char* field) { return Bytes(Varint(field), field); }
  /// A count of items that take at least `bytes_each` each: refused when the rest is too short.
  std::size_t Count(std::size_t bytes_each, const char* field);

  /// Latches a complaint about `field` unless there is one already.
  void Complain(const char* field, std::string_view reason);
  bool failed() const { return !error_.empty(); }
  /// "steps.action: ends early at byte 17 of 20".
  const std::string& error() const { return error_; }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

 private:
  std::string_view bytes_;
  std::size_t position_ = 0;
  std::string error_;
};

}  // namespace tesuji::storage
