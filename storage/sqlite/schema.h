// The version of a store's tables, and the way from an older version to the newest.
//
// A new store is made from the lists of columns (storage/tables.h). An older one is brought up by
// steps, all of them in one transaction: a killed process leaves the old version or the newest. A
// step may run any code, such as computing checksums anew. Steps name their SQL themselves and use
// no list of columns, which describe the newest version only.
//
// The version is SQLite's PRAGMA user_version; PRAGMA application_id tells a store from any other
// SQLite file.
// Failures: SQLite::Exception goes to the caller; DamagedRow for a version that cannot be.
// Thread-safety: as the connection, one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/result.h"
#include "storage/columns.h"

namespace SQLite {
class Database;
}

namespace tesuji::storage {

/// "TSJI" in the database header.
inline constexpr std::int32_t kApplicationId = 0x54534A49;

/// Leads from version `to - 1` to version `to`.
struct Migration {
  int to = 0;
  std::function<void(SQLite::Database& database)> apply;
};

struct Schema {
  std::vector<TableShape> tables;     ///< Of the newest version.
  std::vector<Migration> migrations;  ///< To 2, to 3, …, ascending.
  int version() const { return migrations.empty() ? 1 : migrations.back().to; }
};

/// Makes the tables of the newest version in an empty database, in one transaction.
void CreateTables(SQLite::Database& database, const Schema& schema);

/// The store's version, or why this is no store that this program reads: foreign application id,
/// or made by a newer program.
Result<int> SchemaVersion(SQLite::Database& database, const Schema& schema);

/// Brings an older database to the newest version; does nothing to one that is.
void Migrate(SQLite::Database& database, const Schema& schema);

/// Fails when a table, column or index is missing or is not as listed. The order of columns and
/// additions by others (a view, an index) are let be.
Status CheckSchema(SQLite::Database& database, const Schema& schema);

}  // namespace tesuji::storage
