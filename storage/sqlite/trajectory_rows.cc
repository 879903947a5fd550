#include "storage/sqlite/trajectory_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/unix_time.h"
#include "storage/checksum.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/rows.h"

namespace tesuji::storage {
namespace {

constexpr std::int64_t kChunkRows = 256;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

/// All columns, then the length of the bytes.
std::string SelectChunk(const TableShape& shape) {
  std::vector<std::string> names;
  for (const Column& column : shape.columns) names.push_back(column.name);
  return fmt::format(
      "SELECT {}, length(bytes) FROM {} WHERE id BETWEEN ? AND ? ORDER BY id LIMIT {}",
      fmt::join(names, ", "), shape.name, kChunkRows);
}

}  // namespace

TrajectoryRow MakeRow(const Store::Append& append, EncodedTrajectory encoded, TrajectoryId id) {
  const env::Trajectory& trajectory = append.trajectory;
  const env::Provenance& provenance = trajectory.provenance;
  TrajectoryRow row;
  row.id = id;
  row.hash = std::move(encoded.hash);
  row.campaign_seed = provenance.campaign_seed;
  row.episode = provenance.episode;
  row.environment = provenance.environment_id;
  row.environment_version = provenance.environment_version;
  row.task = trajectory.task.id;
  row.status = append.status;
  row.split = append.split;
  row.steps = static_cast<std::int64_t>(trajectory.steps.size());
  row.targets = std::ranges::count_if(trajectory.steps, &env::Step::is_target);
  row.value = trajectory.outcome.value;
  row.score = trajectory.outcome.score;
  row.termination = trajectory.outcome.termination;
  if (!provenance.checkpoints.empty()) {
    row.first_checkpoint = provenance.checkpoints.front();
    row.last_checkpoint = provenance.checkpoints.back();
  }
  row.timing = trajectory.timing;
  row.created_unix_ms = UnixMilliseconds();
  row.bytes = std::move(encoded.bytes);
  row.bytes_checksum = BlobChecksum(row.bytes);
  row.stored_bytes = static_cast<std::int64_t>(row.bytes.size());
  return row;
}

TrajectoryReader::TrajectoryReader()
    : table_(TrajectoryTable()), sql_(SelectChunk(table_.shape())) {}

std::vector<TrajectoryRow> TrajectoryReader::Read(SQLite::Database& database,
                                                  const RowRange& range) const {
  const int length_column = static_cast<int>(table_.shape().columns.size());
  SQLite::Statement query(database, sql_);
  query.bind(1, range.first);
  query.bind(2, range.last);
  std::vector<TrajectoryRow> rows;
  std::size_t bytes = 0;
  TrajectoryId expected = range.first;
  while (bytes < kChunkBytes && query.executeStep()) {
    if (query.getColumn(0).getInt64() != expected) break;
    TrajectoryRow row = ReadRow(&query, table_, !range.with_bytes);
    row.stored_bytes = query.getColumn(length_column).getInt64();
    if (range.with_bytes && BlobChecksum(row.bytes) != row.bytes_checksum) {
      throw DamagedRow("the bytes contradict their checksum");
    }
    bytes += row.bytes.size();
    rows.push_back(std::move(row));
    ++expected;
  }
  if (rows.empty()) throw DamagedRow("the row is missing");
  return rows;
}

Result<StoredTrajectory> DecodeRow(const TrajectoryRow& row) {
  auto decoded = DecodeTrajectory(row.bytes);
  if (!decoded) return tl::unexpected(decoded.error());
  if (decoded->hash != row.hash) return Fail("the content contradicts its hash");
  StoredTrajectory stored;
  stored.id = row.id;
  stored.hash = row.hash;
  stored.status = row.status;
  stored.split = row.split;
  stored.trajectory = std::move(decoded->trajectory);
  return stored;
}

}  // namespace tesuji::storage
