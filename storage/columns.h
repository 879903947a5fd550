// Tables as lists of columns. From one list come the table's definition, how its rows are written,
// read and given a checksum, and the page FORMAT.md; storage/tables.h holds the lists.
//
// Checksum of a row: every column that takes part, in order, as storage/checksum.h says; a blob
// takes part by its own checksum. Nothing here knows a database.
// Thread-safety: lists are built once and then only read.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace tesuji::storage {

enum class ColumnType : std::uint8_t { kInteger, kReal, kText, kBlob };
/// "INTEGER", "REAL", "TEXT", "BLOB": in SQL and in FORMAT.md.
const char* TypeName(ColumnType type);

/// One value on its way to or from a database. monostate is NULL; a string_view is a blob that is
/// borrowed from the row, a string a text, or a blob that was read.
using ColumnValue =
    std::variant<std::monostate, std::int64_t, double, std::string, std::string_view>;

struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;
  std::string meaning;          ///< For FORMAT.md.
  std::string constraint = {};  ///< SQL after the type: "PRIMARY KEY", "CHECK(…)".
  bool in_checksum = true;
  bool not_null = true;
};

struct Index {
  std::string name;
  std::string columns;  ///< "campaign_seed, episode"
  bool unique = false;
};

/// What is known of a table without the type of its rows.
struct TableShape {
  std::string name;
  std::vector<Column> columns;   ///< In the order of their definition.
  std::vector<std::string> key;  ///< What a row is named by, and sorted by.
  std::string checksum;          ///< The column that holds the row's checksum; empty: none.
  bool key_is_primary = false;   ///< The key is a constraint of the table, not of one column.
  bool has_row_number = true;    ///< false: WITHOUT ROWID.
  std::vector<Index> indexes;
};

/// The checksum of the values of a row, in the order of `shape.columns`.
std::string RowChecksumOf(const TableShape& shape, const std::vector<ColumnValue>& values);
/// "metrics 3 loss": the table and the values of its key.
std::string RowName(const TableShape& shape, const std::vector<ColumnValue>& values);

/// A table whose rows are `Row`s. Accessors are members or captureless lambdas that return a
/// reference to the field.
template <class Row>
class Table {
 public:
  struct Accessor {
    ColumnValue (*get)(const Row& row);
    void (*set)(Row* row, ColumnValue value);
  };

  Table(std::string name, std::vector<std::string> key) {
    shape_.name = std::move(name);
    shape_.key = std::move(key);
  }

  template <auto kField>
  Table& Integer(std::string name, std::string meaning) {
    return Add({std::move(name), ColumnType::kInteger, std::move(meaning)},
               {[](const Row& row) {
                  return ColumnValue(static_cast<std::int64_t>(std::invoke(kField, row)));
                },
                [](Row* row, ColumnValue value) {
                  auto& field = std::invoke(kField, *row);
                  field = static_cast<std::remove_reference_t<decltype(field)>>(
                      std::get<std::int64_t>(value));
                }});
  }

  /// A NaN is NULL.
  template <auto kField>
  Table& Real(std::string name, std::string meaning) {
    Add({std::move(name), ColumnType::kReal, std::move(meaning)},
        {[](const Row& row) {
           const auto value = static_cast<double>(std::invoke(kField, row));
           return std::isnan(value) ? ColumnValue() : ColumnValue(value);
         },
         [](Row* row, ColumnValue value) {
           auto& field = std::invoke(kField, *row);
           using Field = std::remove_reference_t<decltype(field)>;
           const double* real = std::get_if<double>(&value);
           field = real == nullptr ? std::numeric_limits<Field>::quiet_NaN()
                                   : static_cast<Field>(*real);
         }});
    shape_.columns.back().not_null = false;
    return *this;
  }

  template <auto kField>
  Table& Text(std::string name, std::string meaning) {
    return Add({std::move(name), ColumnType::kText, std::move(meaning)},
               {[](const Row& row) { return ColumnValue(std::string(std::invoke(kField, row))); },
                [](Row* row, ColumnValue value) {
                  std::invoke(kField, *row) = std::get<std::string>(std::move(value));
                }});
  }

  template <auto kField>
  Table& Blob(std::string name, std::string meaning) {
    return Add(
        {std::move(name), ColumnType::kBlob, std::move(meaning)},
        {[](const Row& row) { return ColumnValue(std::string_view(std::invoke(kField, row))); },
         [](Row* row, ColumnValue value) {
           std::invoke(kField, *row) = std::get<std::string>(std::move(value));
         }});
  }

  /// The row's checksum; what it was when read is not kept in the row.
  Table& Checksum(std::string name, std::string meaning) {
    shape_.checksum = name;
    Add({std::move(name), ColumnType::kText, std::move(meaning)}, {nullptr, nullptr});
    return Unchecked();
  }

  Table& Add(Column column, Accessor accessor) {
    shape_.columns.push_back(std::move(column));
    accessors_.push_back(accessor);
    return *this;
  }

  // --- of the column added last ---------------------------------------------------------------
  /// INTEGER PRIMARY KEY, which SQLite numbers itself where it is not given.
  Table& RowNumber() {
    shape_.columns.back().not_null = false;
    return Constraint("PRIMARY KEY");
  }
  Table& Constraint(std::string sql) {
    shape_.columns.back().constraint = std::move(sql);
    return *this;
  }
  Table& Unchecked() {
    shape_.columns.back().in_checksum = false;
    return *this;
  }

  // --- of the table ---------------------------------------------------------------------------
  Table& KeyIsPrimary() {
    shape_.key_is_primary = true;
    return *this;
  }
  Table& WithoutRowNumber() {
    shape_.has_row_number = false;
    return *this;
  }
  Table& IndexOn(Index index) {
    shape_.indexes.push_back(std::move(index));
    return *this;
  }

  const TableShape& shape() const { return shape_; }
  const std::vector<Accessor>& accessors() const { return accessors_; }

  /// In the order of the columns; the checksum's is NULL.
  std::vector<ColumnValue> Values(const Row& row) const {
    std::vector<ColumnValue> values;
    values.reserve(accessors_.size());
    for (const Accessor& accessor : accessors_) {
      values.push_back(accessor.get == nullptr ? ColumnValue() : accessor.get(row));
    }
    return values;
  }

 private:
  TableShape shape_;
  std::vector<Accessor> accessors_;
};

}  // namespace tesuji::storage
