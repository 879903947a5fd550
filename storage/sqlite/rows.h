// Rows of any table of storage/tables.h in SQLite: the SQL that the lists of columns give, writing
// rows with their checksums, reading them with their checksums held against them. Inside
// storage/sqlite/ only.
// Failures: DamagedRow for a row that contradicts its checksum; MachineError for a blob that SQLite
// cannot take; SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/columns.h"

namespace tesuji::storage {

/// The table and its indexes.
std::string CreateSql(const TableShape& shape);
/// "INSERT INTO …" with a placeholder a column, for WriteRow().
std::string InsertSql(const TableShape& shape);
/// The same, replacing a row of equal key.
std::string ReplaceSql(const TableShape& shape);
/// "SELECT … FROM …" of all columns, for ReadRow(); the caller appends WHERE, ORDER BY.
std::string SelectSql(const TableShape& shape);
/// "checkpoint, name".
std::string KeyColumns(const TableShape& shape);

/// Writes one row; `values` as Table::Values() gives them, the checksum is added.
void WriteValues(SQLite::Statement* insert, const TableShape& shape,
                 const std::vector<ColumnValue>& values);

/// The current row of a query by SelectSql().
struct StoredRow {
  std::vector<ColumnValue> values;
  bool sound = true;  ///< Its checksum, where the table has one, agrees.
};

/// With `skip_unchecked_blobs`, blobs that take no part in the checksum are left NULL and not read.
StoredRow ReadStoredRow(SQLite::Statement* query, const TableShape& shape,
                        bool skip_unchecked_blobs = false);

/// The values of the current row. Throws DamagedRow unless it is sound.
std::vector<ColumnValue> ReadValues(SQLite::Statement* query, const TableShape& shape,
                                    bool skip_unchecked_blobs = false);

template <class Row>
void WriteRow(SQLite::Statement* insert, const Table<Row>& table, const Row& row) {
  WriteValues(insert, table.shape(), table.Values(row));
}

template <class Row>
Row ReadRow(SQLite::Statement* query, const Table<Row>& table, bool skip_unchecked_blobs = false) {
  std::vector<ColumnValue> values = ReadValues(query, table.shape(), skip_unchecked_blobs);
  Row row;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto set = table.accessors()[i].set;
    const bool skipped = std::holds_alternative<std::monostate>(values[i]) &&
                         table.shape().columns[i].type == ColumnType::kBlob;
    if (set != nullptr && !skipped) set(&row, std::move(values[i]));
  }
  return row;
}

/// All rows, by their key.
template <class Row>
std::vector<Row> ReadAllRows(SQLite::Database& database, const Table<Row>& table) {
  std::vector<Row> rows;
  SQLite::Statement query(database,
                          SelectSql(table.shape()) + " ORDER BY " + KeyColumns(table.shape()));
  while (query.executeStep()) rows.push_back(ReadRow(&query, table));
  return rows;
}

}  // namespace tesuji::storage
