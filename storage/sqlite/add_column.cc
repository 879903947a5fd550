#include "storage/sqlite/add_column.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "storage/checksum.h"

namespace tesuji::storage {
namespace {

/// Adds a value to a checksum as its type in the database says.
void AddStoredValue(const SQLite::Column& value, RowChecksum* sum) {
  if (value.isNull()) {
    sum->Text("null");
  } else if (value.isInteger()) {
    sum->Integer(value.getInt64());
  } else if (value.isFloat()) {
    sum->Real(value.getDouble());
  } else if (value.isBlob()) {
    sum->Text(BlobChecksum(value.getString()));
  } else {
    sum->Text(value.getString());
  }
}

/// The checksum of what `query` gives for a row; "" when there is no such row.
std::string StoredChecksum(SQLite::Statement* query, std::int64_t row_number) {
  query->reset();
  query->bind(1, row_number);
  if (!query->executeStep()) return {};
  RowChecksum sum;
  for (int i = 0; i < query->getColumnCount(); ++i) AddStoredValue(query->getColumn(i), &sum);
  return sum.Finish();
}

std::vector<std::pair<std::int64_t, std::string>> KeysAndChecksums(SQLite::Database& database,
                                                                   const AddedColumn& added) {
  std::vector<std::pair<std::int64_t, std::string>> rows;
  SQLite::Statement query(
      database, fmt::format("SELECT {}, {} FROM {}", added.key, added.checksum, added.table));
  while (query.executeStep()) {
    rows.emplace_back(query.getColumn(0).getInt64(), query.getColumn(1).getString());
  }
  return rows;
}

}  // namespace

void AddColumn(SQLite::Database& database, const AddedColumn& added) {
  database.exec(fmt::format("ALTER TABLE {} ADD COLUMN {}", added.table, added.definition));
  const auto select = [&](const std::string& columns) {
    return fmt::format("SELECT {} FROM {} WHERE {} = ?", columns, added.table, added.key);
  };
  SQLite::Statement before(database, select(added.before));
  SQLite::Statement after(database, select(added.after));
  SQLite::Statement update(database, fmt::format("UPDATE {} SET {} = ? WHERE {} = ?", added.table,
                                                 added.checksum, added.key));
  for (const auto& [key, checksum] : KeysAndChecksums(database, added)) {
    if (StoredChecksum(&before, key) != checksum) continue;
    update.bind(1, StoredChecksum(&after, key));
    update.bind(2, key);
    before.reset();
    after.reset();
    update.exec();
    update.reset();
  }
}

}  // namespace tesuji::storage
