// Rows of the table `trajectories`: their columns, their checksums, reading them in pieces. Inside
// storage/ only.
// Failures: DamagedRow for a row that contradicts its checksum; SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "storage/codec.h"
#include "storage/store.h"

namespace tesuji::storage {

/// A row with its checksums verified; the bytes are not decoded yet, and empty when not asked for.
struct TrajectoryRow {
  TrajectorySummary summary;
  std::string bytes;
};

/// All columns of a new row.
TrajectorySummary Summarise(const Store::Append& append, const EncodedTrajectory& encoded,
                            TrajectoryId id);

void InsertRow(SQLite::Statement& insert, const TrajectorySummary& summary,
               const EncodedTrajectory& encoded);
/// For InsertRow().
extern const char* const kInsertTrajectory;

/// Rows first, first + 1, … up to `last`, ending early after some rows or about 1 MiB. A missing
/// row is a DamagedRow.
std::vector<TrajectoryRow> ReadRows(SQLite::Database& database, TrajectoryId first,
                                    TrajectoryId last, bool with_bytes);

/// Decodes the bytes and holds them against the row's hash.
Result<StoredTrajectory> DecodeRow(const TrajectoryRow& row);

}  // namespace tesuji::storage
