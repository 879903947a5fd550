#include "storage/sqlite/trajectory_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/unix_time.h"
#include "storage/checksum.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/sqlite_store.h"

namespace tesuji::storage {
namespace {

constexpr std::int64_t kChunkRows = 256;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

constexpr const char* kColumns =
    "id, hash, campaign_seed, episode, environment, environment_version, task, status, split, "
    "steps, targets, value, score, termination, first_checkpoint, last_checkpoint, "
    "started_unix_ms, wall_ms, evaluations, created_unix_ms, bytes_checksum, row_checksum";

const char* StatusName(TrajectoryStatus status) {
  return status == TrajectoryStatus::kVerified ? "verified" : "rejected";
}

std::string Checksum(const TrajectorySummary& row, std::string_view bytes_checksum) {
  return RowChecksum()
      .Integer(row.id)
      .Text(row.hash)
      .Integer(static_cast<std::int64_t>(row.campaign_seed))
      .Integer(static_cast<std::int64_t>(row.episode))
      .Text(row.environment)
      .Integer(row.environment_version)
      .Text(row.task)
      .Text(StatusName(row.status))
      .Text(row.split)
      .Integer(row.steps)
      .Integer(row.targets)
      .Real(row.value)
      .Real(row.score)
      .Text(row.termination)
      .Text(row.first_checkpoint)
      .Text(row.last_checkpoint)
      .Integer(row.timing.started_unix_ms)
      .Integer(row.timing.wall_ms)
      .Integer(row.timing.evaluations)
      .Integer(row.created_unix_ms)
      .Text(bytes_checksum)
      .Finish();
}

float RealColumn(const SQLite::Column& column) {
  if (column.isNull()) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(column.getDouble());
}

TrajectoryRow ReadRow(SQLite::Statement& query, bool with_bytes) {
  TrajectoryRow row;
  TrajectorySummary& summary = row.summary;
  int index = 0;
  const auto text = [&] { return query.getColumn(index++).getString(); };
  const auto integer = [&] { return query.getColumn(index++).getInt64(); };
  summary.id = integer();
  summary.hash = text();
  summary.campaign_seed = static_cast<std::uint64_t>(integer());
  summary.episode = static_cast<std::uint64_t>(integer());
  summary.environment = text();
  summary.environment_version = static_cast<int>(integer());
  summary.task = text();
  summary.status = text() == "verified" ? TrajectoryStatus::kVerified : TrajectoryStatus::kRejected;
  summary.split = text();
  summary.steps = integer();
  summary.targets = integer();
  summary.value = RealColumn(query.getColumn(index++));
  summary.score = RealColumn(query.getColumn(index++));
  summary.termination = text();
  summary.first_checkpoint = text();
  summary.last_checkpoint = text();
  summary.timing.started_unix_ms = integer();
  summary.timing.wall_ms = integer();
  summary.timing.evaluations = integer();
  summary.created_unix_ms = integer();
  const std::string bytes_checksum = text();
  if (text() != Checksum(summary, bytes_checksum)) {
    throw DamagedRow("the row contradicts its checksum");
  }
  summary.stored_bytes = integer();
  if (!with_bytes) return row;
  row.bytes = text();
  if (BlobChecksum(row.bytes) != bytes_checksum) {
    throw DamagedRow("the bytes contradict their checksum");
  }
  return row;
}

}  // namespace

const char* const kInsertTrajectory =
    "INSERT INTO trajectories(id, hash, campaign_seed, episode, environment, environment_version, "
    "task, status, split, steps, targets, value, score, termination, first_checkpoint, "
    "last_checkpoint, started_unix_ms, wall_ms, evaluations, created_unix_ms, bytes_checksum, "
    "row_checksum, bytes) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

TrajectorySummary Summarise(const Store::Append& append, const EncodedTrajectory& encoded,
                            TrajectoryId id) {
  const env::Trajectory& trajectory = append.trajectory;
  const env::Provenance& provenance = trajectory.provenance;
  TrajectorySummary row;
  row.id = id;
  row.hash = encoded.hash;
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
  row.stored_bytes = static_cast<std::int64_t>(encoded.bytes.size());
  return row;
}

void InsertRow(SQLite::Statement& insert, const TrajectorySummary& row,
               const EncodedTrajectory& encoded) {
  const std::string bytes_checksum = BlobChecksum(encoded.bytes);
  int index = 1;
  insert.bind(index++, row.id);
  insert.bind(index++, row.hash);
  insert.bind(index++, static_cast<std::int64_t>(row.campaign_seed));
  insert.bind(index++, static_cast<std::int64_t>(row.episode));
  insert.bind(index++, row.environment);
  insert.bind(index++, row.environment_version);
  insert.bind(index++, row.task);
  insert.bind(index++, StatusName(row.status));
  insert.bind(index++, row.split);
  insert.bind(index++, row.steps);
  insert.bind(index++, row.targets);
  insert.bind(index++, static_cast<double>(row.value));
  insert.bind(index++, static_cast<double>(row.score));
  insert.bind(index++, row.termination);
  insert.bind(index++, row.first_checkpoint);
  insert.bind(index++, row.last_checkpoint);
  insert.bind(index++, row.timing.started_unix_ms);
  insert.bind(index++, row.timing.wall_ms);
  insert.bind(index++, row.timing.evaluations);
  insert.bind(index++, row.created_unix_ms);
  insert.bind(index++, bytes_checksum);
  insert.bind(index++, Checksum(row, bytes_checksum));
  insert.bindNoCopy(index++, encoded.bytes.data(), static_cast<int>(encoded.bytes.size()));
  insert.exec();
  insert.reset();
}

std::vector<TrajectoryRow> ReadRows(SQLite::Database& database, TrajectoryId first,
                                    TrajectoryId last, bool with_bytes) {
  SQLite::Statement query(database, fmt::format("SELECT {}, length(bytes){} FROM trajectories "
                                                "WHERE id BETWEEN ? AND ? ORDER BY id LIMIT {}",
                                                kColumns, with_bytes ? ", bytes" : "", kChunkRows));
  query.bind(1, first);
  query.bind(2, last);
  std::vector<TrajectoryRow> rows;
  std::size_t bytes = 0;
  TrajectoryId expected = first;
  while (bytes < kChunkBytes && query.executeStep()) {
    if (query.getColumn(0).getInt64() != expected) break;
    rows.push_back(ReadRow(query, with_bytes));
    bytes += rows.back().bytes.size();
    ++expected;
  }
  if (rows.empty()) throw DamagedRow("the row is missing");
  return rows;
}

Result<StoredTrajectory> DecodeRow(const TrajectoryRow& row) {
  auto decoded = DecodeTrajectory(row.bytes);
  if (!decoded) return tl::unexpected(decoded.error());
  if (decoded->hash != row.summary.hash) return Fail("the content contradicts its hash");
  StoredTrajectory stored;
  stored.id = row.summary.id;
  stored.hash = row.summary.hash;
  stored.status = row.summary.status;
  stored.split = row.summary.split;
  stored.trajectory = std::move(decoded->trajectory);
  return stored;
}

}  // namespace tesuji::storage
