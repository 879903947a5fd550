// The tables of a store, their versions, and the way from an older version to the newest.
//
// The version is SQLite's PRAGMA user_version; PRAGMA application_id tells a store from any other
// SQLite file. Every migration runs in one transaction: a killed process leaves the old version or
// the new one. Tables and columns: storage/FORMAT.md.
// Failures: SQLite::Exception goes to the caller (storage/database.h turns it into a line).
// Thread-safety: as the connection, one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/result.h"

namespace SQLite {
class Database;
}

namespace tesuji::storage {

/// "TSJI" in the database header.
inline constexpr std::int32_t kApplicationId = 0x54534A49;

/// SQL that leads from version `to - 1` to version `to`; the first makes version 1 of nothing.
struct Migration {
  int to;
  const char* sql;
};

/// All that this program knows; the last one's `to` is the version it reads and writes.
std::span<const Migration> Migrations();

/// The store's version, or why this is no store that this program reads: foreign application id,
/// or made by a newer program.
Result<int> SchemaVersion(SQLite::Database& database, std::span<const Migration> migrations);

/// Brings an empty or older database to the newest version, one transaction a step.
void Migrate(SQLite::Database& database, std::span<const Migration> migrations);

/// Fails when a table or index is missing or is not what the migrations make. Additions by others
/// (a view, an index) are let be.
Status CheckSchema(SQLite::Database& database, std::span<const Migration> migrations);

}  // namespace tesuji::storage
