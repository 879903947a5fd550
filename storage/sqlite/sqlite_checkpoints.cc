// The part of SqliteStore that keeps checkpoints, metrics and matches.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "core/sha256.h"
#include "core/unix_time.h"
#include "storage/codec.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/counters.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/tables.h"

namespace tesuji::storage {
namespace {

void WriteMetrics(SQLite::Database& database, const std::vector<Metric>& metrics) {
  const auto table = MetricTable();
  CountingRows(database, "metrics", [&] {
    SQLite::Statement statement(database, ReplaceSql(table.shape()));
    for (const Metric& metric : metrics) WriteRow(&statement, table, metric);
  });
}

void WriteBlobs(SQLite::Database& database, std::int64_t checkpoint, const CheckpointBlobs& blobs) {
  const auto table = BlobTable();
  CountingRows(database, "checkpoint_blobs", [&] {
    database.exec("DELETE FROM checkpoint_blobs WHERE kind = 'learner_state'");
    SQLite::Statement statement(database, InsertSql(table.shape()));
    const auto write = [&](const char* kind, const std::string& bytes) {
      if (bytes.empty()) return;
      WriteRow(&statement, table, {checkpoint, kind, Sha256Hex(bytes), bytes});
    };
    write("weights", blobs.weights);
    write("learner_state", blobs.learner_state);
  });
}

/// Empty when there is none.
Result<std::string> ReadBlob(SQLite::Database& database, std::int64_t checkpoint,
                             const char* kind) {
  const auto table = BlobTable();
  SQLite::Statement query(database,
                          SelectSql(table.shape()) + " WHERE checkpoint = ? AND kind = ?");
  query.bind(1, checkpoint);
  query.bind(2, kind);
  if (!query.executeStep()) return std::string{};
  BlobRow row = ReadRow(&query, table);
  if (Sha256Hex(row.bytes) == row.sha256) return std::move(row.bytes);
  return Fail(
      fmt::format("checkpoint {}: damaged: its {} contradict their hash", checkpoint, kind));
}

}  // namespace

void SqliteStore::PutCheckpoint(const CheckpointInfo& info, const CheckpointBlobs& blobs,
                                const std::vector<Metric>& metrics) {
  const auto table = CheckpointTable();
  CheckpointRow row;
  static_cast<CheckpointInfo&>(row) = info;
  row.info_json = CanonicalJson(info.info);
  const std::string what = fmt::format("store checkpoint {}", info.id);
  connection_->Write(what, [&](SQLite::Database& database) {
    CountingRows(database, "checkpoints", [&] {
      SQLite::Statement statement(database, InsertSql(table.shape()));
      WriteRow(&statement, table, row);
    });
    WriteBlobs(database, info.id, blobs);
    WriteMetrics(database, metrics);
  });
}

std::vector<CheckpointInfo> SqliteStore::ListCheckpoints() const {
  return connection_->Read("list the checkpoints", [](SQLite::Database& database) {
    std::vector<CheckpointInfo> checkpoints;
    for (CheckpointRow& row : ReadAllRows(database, CheckpointTable())) {
      row.info = ParseColumn(row.info_json);
      checkpoints.push_back(std::move(row));
    }
    return checkpoints;
  });
}

Result<CheckpointBlobs> SqliteStore::GetCheckpoint(std::int64_t id) const {
  auto blobs = connection_->Read(
      fmt::format("read checkpoint {}", id),
      [&](SQLite::Database& database) -> Result<CheckpointBlobs> {
        const auto table = CheckpointTable();
        SQLite::Statement query(database, SelectSql(table.shape()) + " WHERE id = ?");
        query.bind(1, id);
        if (!query.executeStep()) return Fail(fmt::format("no checkpoint {}", id));
        const CheckpointRow row = ReadRow(&query, table);
        auto weights = ReadBlob(database, id, "weights");
        if (!weights) return tl::unexpected(weights.error());
        if (Sha256Hex(*weights) != row.hash) {
          return Fail(fmt::format("checkpoint {}: damaged: the weights contradict their hash", id));
        }
        auto learner_state = ReadBlob(database, id, "learner_state");
        if (!learner_state) return tl::unexpected(learner_state.error());
        return CheckpointBlobs{std::move(*weights), std::move(*learner_state)};
      });
  if (!blobs) return Fail(fmt::format("{}: {}", location_, blobs.error().message));
  return blobs;
}

void SqliteStore::PutMetrics(const std::vector<Metric>& metrics) {
  connection_->Write(fmt::format("store {} metrics", metrics.size()),
                     [&](SQLite::Database& database) { WriteMetrics(database, metrics); });
}

std::vector<Metric> SqliteStore::GetMetrics() const {
  return connection_->Read("read the metrics", [](SQLite::Database& database) {
    return ReadAllRows(database, MetricTable());
  });
}

void SqliteStore::AddMatch(const MatchResult& match) {
  const auto table = MatchTable();
  MatchRow row;
  static_cast<MatchResult&>(row) = match;
  row.settings_json = CanonicalJson(match.settings);
  row.created_unix_ms = UnixMilliseconds();
  connection_->Write("store a match result", [&](SQLite::Database& database) {
    row.id = database.execAndGet("SELECT ifnull(max(id), 0) + 1 FROM matches").getInt64();
    CountingRows(database, "matches", [&] {
      SQLite::Statement statement(database, InsertSql(table.shape()));
      WriteRow(&statement, table, row);
    });
  });
}

std::vector<MatchResult> SqliteStore::GetMatches() const {
  return connection_->Read("read the match results", [](SQLite::Database& database) {
    std::vector<MatchResult> matches;
    for (MatchRow& row : ReadAllRows(database, MatchTable())) {
      row.settings = ParseColumn(row.settings_json);
      matches.push_back(std::move(row));
    }
    return matches;
  });
}

}  // namespace tesuji::storage
