// Rows of the table `trajectories`: made from trajectories, read in pieces, decoded. Inside
// storage/sqlite/ only.
// Failures: DamagedRow for a row that contradicts its checksums; SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <vector>

#include "core/result.h"
#include "storage/codec.h"
#include "storage/store.h"
#include "storage/tables.h"

namespace tesuji::storage {

/// A new row, bytes included.
TrajectoryRow MakeRow(const Store::Append& append, EncodedTrajectory encoded, TrajectoryId id);

/// Rows first, first + 1, … up to `last`, ending early after some rows or about 1 MiB. A missing
/// row is a DamagedRow. Checksums are verified; nothing is decoded.
std::vector<TrajectoryRow> ReadTrajectoryRows(SQLite::Database& database, TrajectoryId first,
                                              TrajectoryId last, bool with_bytes);

/// Decodes the bytes and holds them against the row's hash.
Result<StoredTrajectory> DecodeRow(const TrajectoryRow& row);

}  // namespace tesuji::storage
