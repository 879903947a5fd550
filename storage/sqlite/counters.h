// The totals of a store, kept up in the transactions that change them. Inside storage/sqlite/ only.
//
// `episodes` is also the newest trajectory's id: rows are numbered without gaps and never deleted,
// which is how a vanished row is noticed. Every other table has a counter of its rows for the same
// purpose.
// Failures: DamagedRow when a counter is missing or contradicts its checksum.
#pragma once

#include <cstdint>
#include <string>

#include "storage/store.h"

namespace SQLite {
class Database;
}

namespace tesuji::storage {

/// All counters of an empty store.
void CreateCounters(SQLite::Database& database);

void WriteCounters(SQLite::Database& database, const Counts& counts);
Counts ReadCounters(SQLite::Database& database);

/// How many rows were written to `table`, which is not `trajectories`.
std::int64_t CountedRows(SQLite::Database& database, const std::string& table);
void AddToCountedRows(SQLite::Database& database, const std::string& table, std::int64_t added);

/// Rows that are there now.
std::int64_t RowsThere(SQLite::Database& database, const std::string& table);

/// Runs `work()`, which writes to `table`, and counts by how many rows it grew.
template <class Work>
void CountingRows(SQLite::Database& database, const std::string& table, Work&& work) {
  const std::int64_t before = RowsThere(database, table);
  work();
  const std::int64_t added = RowsThere(database, table) - before;
  if (added != 0) AddToCountedRows(database, table, added);
}

}  // namespace tesuji::storage
