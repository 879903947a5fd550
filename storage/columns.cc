#include "storage/columns.h"

#include <fmt/format.h>

#include "storage/checksum.h"

namespace tesuji::storage {
namespace {

/// Adds one value to a checksum.
struct AddValue {
  RowChecksum* sum;
  ColumnType type;

  void operator()(std::monostate) const { sum->Text("null"); }
  void operator()(std::int64_t value) const { sum->Integer(value); }
  void operator()(double value) const { sum->Real(value); }
  void operator()(const std::string& value) const {
    sum->Text(type == ColumnType::kBlob ? BlobChecksum(value) : value);
  }
  void operator()(std::string_view value) const { sum->Text(BlobChecksum(value)); }
};

/// A value of a key, for a message.
struct ValueName {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(std::string_view) const { return "bytes"; }
};

}  // namespace

const char* TypeName(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "INTEGER";
    case ColumnType::kReal:
      return "REAL";
    case ColumnType::kText:
      return "TEXT";
    case ColumnType::kBlob:
      return "BLOB";
  }
  return "";
}

std::string RowChecksumOf(const TableShape& shape, const std::vector<ColumnValue>& values) {
  RowChecksum sum;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!shape.columns[i].in_checksum) continue;
    std::visit(AddValue{&sum, shape.columns[i].type}, values[i]);
  }
  return sum.Finish();
}

std::string RowName(const TableShape& shape, const std::vector<ColumnValue>& values) {
  std::string name = shape.name;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const std::string& key : shape.key) {
      if (key != shape.columns[i].name) continue;
      name.push_back(' ');
      name.append(std::visit(ValueName{}, values[i]));
    }
  }
  return name;
}

}  // namespace tesuji::storage
