#include "storage/sqlite/rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <string_view>

#include "core/result.h"
#include "storage/sqlite/connection.h"

namespace tesuji::storage {
namespace {

constexpr int kMaxBindBytes = std::numeric_limits<int>::max();

std::vector<std::string> ColumnNames(const TableShape& shape) {
  std::vector<std::string> names;
  for (const Column& column : shape.columns) names.push_back(column.name);
  return names;
}

/// "INSERT" or "INSERT OR REPLACE" into all columns.
std::string InsertWith(const char* verb, const TableShape& shape) {
  return fmt::format("{} INTO {}({}) VALUES({})", verb, shape.name,
                     fmt::join(ColumnNames(shape), ", "),
                     fmt::join(std::vector<std::string>(shape.columns.size(), "?"), ", "));
}

/// Binds one value to a placeholder.
struct BindValue {
  SQLite::Statement* statement;
  int index;

  void operator()(std::monostate) const { statement->bind(index); }
  void operator()(std::int64_t value) const { statement->bind(index, value); }
  void operator()(double value) const { statement->bind(index, value); }
  void operator()(const std::string& value) const { statement->bind(index, value); }
  void operator()(std::string_view value) const {
    if (value.size() > std::size_t{kMaxBindBytes}) {
      throw MachineError(fmt::format("cannot store {} bytes as one piece", value.size()));
    }
    statement->bindNoCopy(index, value.data(), static_cast<int>(value.size()));
  }
};

ColumnValue ReadValue(const SQLite::Column& column, ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return column.getInt64();
    case ColumnType::kReal:
      return column.isNull() ? ColumnValue() : ColumnValue(column.getDouble());
    case ColumnType::kText:
    case ColumnType::kBlob:
      break;
  }
  return column.getString();
}

}  // namespace

// STRICT: a damaged or careless write of another type is refused by SQLite itself.
std::string CreateSql(const TableShape& shape) {
  std::vector<std::string> lines;
  for (const Column& column : shape.columns) {
    lines.push_back(fmt::format("  {} {}{}{}{}", column.name, TypeName(column.type),
                                column.not_null ? " NOT NULL" : "",
                                column.constraint.empty() ? "" : " ", column.constraint));
  }
  if (shape.key_is_primary) lines.push_back(fmt::format("  PRIMARY KEY({})", KeyColumns(shape)));
  std::string sql =
      fmt::format("CREATE TABLE {}(\n{}\n) STRICT{};\n", shape.name, fmt::join(lines, ",\n"),
                  shape.has_row_number ? "" : ", WITHOUT ROWID");
  for (const Index& index : shape.indexes) {
    sql += fmt::format("CREATE {}INDEX {} ON {}({});\n", index.unique ? "UNIQUE " : "", index.name,
                       shape.name, index.columns);
  }
  return sql;
}

std::string InsertSql(const TableShape& shape) { return InsertWith("INSERT", shape); }
std::string ReplaceSql(const TableShape& shape) { return InsertWith("INSERT OR REPLACE", shape); }

std::string SelectSql(const TableShape& shape) {
  return fmt::format("SELECT {} FROM {}", fmt::join(ColumnNames(shape), ", "), shape.name);
}

std::string KeyColumns(const TableShape& shape) {
  return fmt::format("{}", fmt::join(shape.key, ", "));
}

void WriteValues(SQLite::Statement* insert, const TableShape& shape,
                 const std::vector<ColumnValue>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int index = static_cast<int>(i) + 1;
    if (shape.columns[i].name == shape.checksum) {
      insert->bind(index, RowChecksumOf(shape, values));
    } else {
      std::visit(BindValue{insert, index}, values[i]);
    }
  }
  insert->exec();
  insert->reset();
}

StoredRow ReadStoredRow(SQLite::Statement* query, const TableShape& shape,
                        bool skip_unchecked_blobs) {
  StoredRow row;
  row.values.reserve(shape.columns.size());
  std::string stored;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    const Column& column = shape.columns[i];
    if (skip_unchecked_blobs && column.type == ColumnType::kBlob && !column.in_checksum) {
      row.values.emplace_back();
      continue;
    }
    row.values.push_back(ReadValue(query->getColumn(static_cast<int>(i)), column.type));
    if (column.name == shape.checksum) stored = std::get<std::string>(row.values.back());
  }
  row.sound = shape.checksum.empty() || stored == RowChecksumOf(shape, row.values);
  return row;
}

std::vector<ColumnValue> ReadValues(SQLite::Statement* query, const TableShape& shape,
                                    bool skip_unchecked_blobs) {
  StoredRow row = ReadStoredRow(query, shape, skip_unchecked_blobs);
  if (row.sound) return std::move(row.values);
  throw DamagedRow(RowName(shape, row.values) + " contradicts its checksum");
}

}  // namespace tesuji::storage
