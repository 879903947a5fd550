// Rows of a dataset: typed columns that every format can carry, and a hash of a set of rows that
// does not depend on their order, their sharding or their format.
//
// The hash of a row is SHA-256 over its columns in order of their names; the hash of a set is the
// sum of its rows' hashes as 256-bit little-endian numbers, modulo 2^256 (Clarke et al., AdHash).
// docs/datasets.md gives the bytes, so that any program can check them.
// Thread-safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/json.h"

namespace tesuji::dataset {

enum class ColumnType : std::uint8_t {
  kInt64 = 0,
  kFloat32 = 1,
  kBool = 2,
  kText = 3,
  kInt8List = 4,
  kInt32List = 5,
  kFloat32List = 6,
  kBoolList = 7,
  kTextList = 8,
  kMessages = 9,  ///< [{role, content}], as chats are written.
  kRecord = 10,   ///< Named texts and whole numbers.
};

struct Message {
  std::string role;
  std::string content;
};

/// A struct column's fields, in the order of Column::fields.
using Record = std::vector<std::variant<std::int64_t, std::string>>;

struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;
  std::string help;
  std::vector<std::int64_t> shape = {};  ///< Of a list of fixed length; empty: any length.
  /// Of a record: name and whether it is a whole number rather than text.
  std::vector<std::pair<std::string, bool>> fields = {};
};

struct Schema {
  std::string view;
  std::vector<Column> columns;
  /// Index of a column. REQUIRES: it exists.
  std::size_t Index(std::string_view name) const;
};

/// Boolean lists are bytes of 0 and 1.
struct BoolList {
  std::vector<std::uint8_t> values;
};

using Value = std::variant<std::int64_t, float, bool, std::string, std::vector<std::int8_t>,
                           std::vector<std::int32_t>, std::vector<float>, BoolList,
                           std::vector<std::string>, std::vector<Message>, Record>;

/// One value a column, in the schema's order. Floats are finite, and never minus zero.
using Row = std::vector<Value>;

/// The sum of rows' hashes.
class RowSetHash {
 public:
  void AddRow(const Schema& schema, const Row& row);
  void AddDigest(const std::string& hex);
  void Add(const RowSetHash& other);
  std::string ToHex() const;
  static RowSetHash FromHex(const std::string& hex);

 private:
  std::array<std::uint64_t, 4> words_{};
};

/// The bytes whose SHA-256 is a row's hash.
std::string CanonicalRow(const Schema& schema, const Row& row);

/// A row as one line of JSON, without the line feed. Numbers are shortest that read back equal.
void AppendJson(const Schema& schema, const Row& row, std::string* out);
/// The same of one value.
void AppendJson(const Column& column, const Value& value, std::string* out);
/// Text as a JSON string; bytes that are not UTF-8 become U+FFFD.
void AppendJsonText(std::string_view text, std::string* out);

/// "int64", "float32", … for manifests and cards.
const char* TypeName(ColumnType type);

}  // namespace tesuji::dataset
