#include "dataset/view/row.h"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "core/sha256.h"
#include "storage/bytes.h"

namespace tesuji::dataset {
namespace {

// Little endian, lengths in 32 bits: simple to write in any language.
class RowBytes {
 public:
  void Number32(std::uint32_t value) { Raw(&value, sizeof value); }
  void Text(std::string_view text) {
    Number32(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
  }
  void Byte(std::uint8_t value) { bytes_ += static_cast<char>(value); }
  void Raw(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
  }
  void Number64(std::int64_t value) { Raw(&value, sizeof value); }
  std::string Take() { return std::move(bytes_); }

 private:
  static_assert(std::endian::native == std::endian::little, "Raw() writes little endian");
  std::string bytes_;
};

struct PutValue {
  RowBytes* out;
  void operator()(std::int64_t value) const { out->Number64(value); }
  void operator()(float value) const { out->Raw(&value, sizeof value); }
  void operator()(bool value) const { out->Byte(value ? 1 : 0); }
  void operator()(const std::string& value) const { out->Text(value); }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    out->Number32(static_cast<std::uint32_t>(values.size()));
    out->Raw(values.data(), values.size() * sizeof(T));
  }
  void operator()(const BoolList& list) const { (*this)(list.values); }
  void operator()(const std::vector<std::string>& values) const {
    out->Number32(static_cast<std::uint32_t>(values.size()));
    for (const auto& value : values) out->Text(value);
  }
  void operator()(const std::vector<Message>& values) const {
    out->Number32(static_cast<std::uint32_t>(values.size()));
    for (const auto& message : values) {
      out->Text(message.role);
      out->Text(message.content);
    }
  }
  void operator()(const Record& record) const {
    out->Number32(static_cast<std::uint32_t>(record.size()));
    for (const auto& field : record) {
      std::visit([this](const auto& value) { (*this)(value); }, field);
    }
  }
};

/// No number has more characters.
constexpr std::size_t kLongestNumber = 32;

/// Writes up to kLongestNumber characters; what comes after them.
template <class T>
char* WriteNumber(T value, char* at) {
  // Most numbers of feature planes are these two.
  if (value == 0 || value == 1) {
    *at = value == 0 ? '0' : '1';
    return at + 1;
  }
  return std::to_chars(at, at + kLongestNumber, value).ptr;
}

template <class T>
void AppendNumber(T value, std::string* out) {
  char buffer[kLongestNumber];
  out->append(buffer, WriteNumber(value, buffer));
}

/// Each number with a comma behind it. A row may hold thousands: they are collected before they
/// are appended.
template <class T>
void AppendNumbers(const std::vector<T>& values, std::string* out) {
  char buffer[2048];
  char* at = buffer;
  for (const T value : values) {
    at = WriteNumber(value, at);
    *at++ = ',';
    if (at + kLongestNumber >= buffer + sizeof buffer) {
      out->append(buffer, at);
      at = buffer;
    }
  }
  out->append(buffer, at);
}

struct JsonValue {
  const Column& column;
  std::string* out;
  void operator()(std::int64_t value) const { AppendNumber(value, out); }
  void operator()(float value) const { AppendNumber(value, out); }
  void operator()(bool value) const { *out += value ? "true" : "false"; }
  void operator()(const std::string& value) const { AppendJsonText(value, out); }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    *out += '[';
    if constexpr (std::is_arithmetic_v<T>) {
      AppendNumbers(values, out);
    } else {
      for (const auto& value : values) {
        (*this)(value);
        *out += ',';
      }
    }
    Close(!values.empty(), ']');
  }
  void operator()(const BoolList& list) const {
    *out += '[';
    for (const auto value : list.values) *out += value != 0 ? "true," : "false,";
    Close(!list.values.empty(), ']');
  }
  void operator()(const Message& message) const {
    *out += "{\"role\":";
    AppendJsonText(message.role, out);
    *out += ",\"content\":";
    AppendJsonText(message.content, out);
    *out += '}';
  }
  void operator()(const Record& record) const {
    *out += '{';
    for (std::size_t i = 0; i < record.size(); ++i) {
      AppendJsonText(column.fields[i].first, out);
      *out += ':';
      std::visit([this](const auto& value) { (*this)(value); }, record[i]);
      *out += ',';
    }
    Close(!record.empty(), '}');
  }
  /// Puts the bracket over the last comma.
  void Close(bool has_comma, char bracket) const {
    if (has_comma) {
      out->back() = bracket;
    } else {
      *out += bracket;
    }
  }
};

}  // namespace

std::size_t Schema::Index(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  assert(false && "no such column");
  return 0;
}

std::string CanonicalRow(const Schema& schema, const Row& row) {
  assert(row.size() == schema.columns.size());
  std::vector<std::size_t> order(row.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return schema.columns[i].name; });
  RowBytes out;
  for (const std::size_t i : order) {
    out.Text(schema.columns[i].name);
    out.Byte(static_cast<std::uint8_t>(schema.columns[i].type));
    std::visit(PutValue{&out}, row[i]);
  }
  return out.Take();
}

void RowSetHash::AddRow(const Schema& schema, const Row& row) {
  AddDigest(Sha256Hex(CanonicalRow(schema, row)));
}

void RowSetHash::AddDigest(const std::string& hex) { Add(FromHex(hex)); }

void RowSetHash::Add(const RowSetHash& other) {
  unsigned carry = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::uint64_t sum = words_[i] + other.words_[i];
    const unsigned over = sum < words_[i] ? 1 : 0;
    words_[i] = sum + carry;
    carry = over + (words_[i] < sum ? 1 : 0);
  }
}

std::string RowSetHash::ToHex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::uint64_t word : words_) {
    for (int shift = 0; shift < 64; shift += 8) {
      const auto byte = static_cast<unsigned>(word >> shift) & 255U;
      hex += kDigits[byte >> 4];
      hex += kDigits[byte & 15];
    }
  }
  return hex;
}

RowSetHash RowSetHash::FromHex(const std::string& hex) {
  RowSetHash hash;
  const auto digit = [](char c) {
    return static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  for (std::size_t i = 0; i + 1 < hex.size() && i < 64; i += 2) {
    const std::uint64_t byte = digit(hex[i]) << 4 | digit(hex[i + 1]);
    hash.words_[i / 16] |= byte << (i / 2 % 8 * 8);
  }
  return hash;
}

void AppendJsonText(std::string_view text, std::string* out) {
  bool plain = true;
  for (const char c : text) {
    plain = plain && static_cast<unsigned char>(c) >= 0x20 &&
            static_cast<unsigned char>(c) < 0x7f && c != '"' && c != '\\';
  }
  if (plain) {
    *out += '"';
    *out += text;
    *out += '"';
  } else {
    *out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

void AppendJson(const Column& column, const Value& value, std::string* out) {
  std::visit(JsonValue{column, out}, value);
}

void AppendJson(const Schema& schema, const Row& row, std::string* out) {
  *out += '{';
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) *out += ',';
    AppendJsonText(schema.columns[i].name, out);
    *out += ':';
    AppendJson(schema.columns[i], row[i], out);
  }
  *out += '}';
}

const char* TypeName(ColumnType type) {
  static constexpr const char* kNames[] = {"int64",  "float32",  "bool",      "text",
                                           "int8[]", "int32[]",  "float32[]", "bool[]",
                                           "text[]", "messages", "record"};
  return kNames[static_cast<int>(type)];
}

}  // namespace tesuji::dataset
