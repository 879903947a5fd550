// The totals of a store, kept up in the transactions that change them. Inside storage/ only.
//
// `episodes` is also the newest trajectory's id: rows are numbered without gaps and never deleted,
// which is how a vanished row is noticed.
// Failures: DamagedRow when a counter is missing or contradicts its checksum.
#pragma once

#include "storage/store.h"

namespace SQLite {
class Database;
}

namespace tesuji::storage {

/// Writes all counters; also makes them in a new store.
void WriteCounters(SQLite::Database& database, const Counts& counts);
Counts ReadCounters(SQLite::Database& database);

}  // namespace tesuji::storage
