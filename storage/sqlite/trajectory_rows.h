// Rows of the table `trajectories`: made from trajectories, read in pieces, decoded. Inside
// storage/sqlite/ only.
// Failures: DamagedRow for a row that contradicts its checksums; SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <vector>

#include "core/result.h"
#include "storage/codec.h"
#include "storage/store.h"
#include "storage/tables.h"

namespace tesuji::storage {

/// A new row, bytes included.
TrajectoryRow MakeRow(const Store::Append& append, EncodedTrajectory encoded, TrajectoryId id);

struct RowRange {
  TrajectoryId first = 1;
  TrajectoryId last = 0;  ///< Included.
  bool with_bytes = true;
};

/// Reads rows of `trajectories`. Holds the list of columns and the SQL that follows from it, which
/// would cost as much to make as a row to read.
class TrajectoryReader {
 public:
  TrajectoryReader();

  /// Rows first, first + 1, … up to the last, ending early after some rows or about 1 MiB. A
  /// missing row is a DamagedRow. Checksums are verified; nothing is decoded.
  std::vector<TrajectoryRow> Read(SQLite::Database& database, const RowRange& range) const;

 private:
  Table<TrajectoryRow> table_;
  std::string sql_;
};

/// Decodes the bytes and holds them against the row's hash.
Result<StoredTrajectory> DecodeRow(const TrajectoryRow& row);

}  // namespace tesuji::storage
