// The part of SqliteStore that appends and reads trajectories.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/counters.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/sqlite/trajectory_rows.h"

namespace tesuji::storage {
namespace {

bool IsStored(SQLite::Statement& query, const env::Provenance& provenance) {
  query.reset();
  query.bind(1, static_cast<std::int64_t>(provenance.campaign_seed));
  query.bind(2, static_cast<std::int64_t>(provenance.episode));
  return query.executeStep();
}

void Count(const TrajectorySummary& row, Counts* counts) {
  ++counts->episodes;
  ++(row.status == TrajectoryStatus::kVerified ? counts->verified : counts->rejected);
  if (row.split == "heldout") ++counts->heldout;
  counts->actions += row.steps;
}

/// New episodes by what they were made with: environment, version, parameters.
using NewEpisodes = std::map<std::tuple<std::string, int, std::string>, std::int64_t>;

void AddEpisodes(SQLite::Database& database, const NewEpisodes& added) {
  const auto table = EnvironmentTable();
  CountingRows(database, "environments", [&] {
    SQLite::Statement query(database, SelectSql(table.shape()) +
                                          " WHERE environment = ? AND version = ? AND "
                                          "parameters = ?");
    SQLite::Statement write(database, ReplaceSql(table.shape()));
    for (const auto& [key, episodes] : added) {
      const auto& [environment, version, parameters] = key;
      query.bind(1, environment);
      query.bind(2, version);
      query.bind(3, parameters);
      EnvironmentRow row{0, environment, version, parameters, 0};
      if (query.executeStep()) {
        row = ReadRow(&query, table);
      } else {
        row.id = RowsThere(database, "environments") + 1;
      }
      query.reset();
      row.episodes += episodes;
      WriteRow(&write, table, row);
    }
  });
}

std::vector<TrajectoryId> AppendAll(SQLite::Database& database,
                                    const std::vector<Store::Append>& batch,
                                    std::vector<EncodedTrajectory> encoded) {
  const auto table = TrajectoryTable();
  Counts counts = ReadCounters(database);
  NewEpisodes added;
  SQLite::Statement stored(database,
                           "SELECT 1 FROM trajectories WHERE campaign_seed = ? AND episode = ?");
  SQLite::Statement insert(database, InsertSql(table.shape()));
  SQLite::Statement forget(database, "DELETE FROM unfinished WHERE episode = ?");
  std::vector<TrajectoryId> ids;
  std::int64_t forgotten = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const env::Provenance& made_by = batch[i].trajectory.provenance;
    forget.bind(1, static_cast<std::int64_t>(made_by.episode));
    forgotten += forget.exec();
    forget.reset();
    if (IsStored(stored, made_by)) {
      ids.push_back(0);
      continue;
    }
    const TrajectoryRow row = MakeRow(batch[i], std::move(encoded[i]), counts.episodes + 1);
    WriteRow(&insert, table, row);
    Count(row, &counts);
    ++added[{made_by.environment_id, made_by.environment_version,
             CanonicalJson(made_by.environment_parameters)}];
    ids.push_back(row.id);
  }
  AddEpisodes(database, added);
  if (forgotten > 0) AddToCountedRows(database, "unfinished", -forgotten);
  WriteCounters(database, counts);
  return ids;
}

using ReadRange = std::function<std::vector<TrajectoryRow>(const RowRange& range)>;

/// The rows of `range` in pieces, each read under the connection's mutex and visited outside it. A
/// piece with damage in it is read again row by row, so that only the damaged rows are lost.
void ForEachRow(const ReadRange& read, const RowRange& range,
                const std::function<bool(const TrajectoryRow&)>& visit,
                const Store::Broken& broken) {
  const TrajectoryId last = range.last;
  TrajectoryId one_by_one = 0;  // Up to here.
  for (TrajectoryId next = std::max<TrajectoryId>(range.first, 1); next <= last;) {
    std::vector<TrajectoryRow> rows;
    try {
      rows = read({next, next <= one_by_one ? next : last, range.with_bytes});
    } catch (const DamagedError& error) {
      if (next > one_by_one) {
        one_by_one = next + 255;
        continue;
      }
      if (broken) broken(next, error.what());
      ++next;
      continue;
    }
    for (const TrajectoryRow& row : rows) {
      if (!visit(row)) return;
    }
    next += static_cast<TrajectoryId>(rows.size());
  }
}

}  // namespace

std::vector<TrajectoryId> SqliteStore::AppendTrajectories(const std::vector<Append>& batch) {
  if (batch.empty()) return {};
  // Compressed before the mutex is taken: readers of this process wait for the disk alone.
  std::vector<EncodedTrajectory> encoded;
  encoded.reserve(batch.size());
  for (const Append& append : batch) encoded.push_back(EncodeTrajectory(append.trajectory));
  const std::string what = fmt::format("append {} trajectories (the first is episode {})",
                                       batch.size(), batch.front().trajectory.provenance.episode);
  return connection_->Write(what, [&](SQLite::Database& database) {
    return AppendAll(database, batch, std::move(encoded));
  });
}

std::vector<TrajectoryRow> SqliteStore::ReadRows(const RowRange& range) const {
  return connection_->Read(
      fmt::format("read trajectory {}", range.first),
      [&](SQLite::Database& database) { return trajectories_->Read(database, range); });
}

void SqliteStore::ForEachTrajectory(TrajectoryId first,
                                    const std::function<bool(const StoredTrajectory&)>& visit,
                                    const Broken& broken) const {
  ForEachRow([this](const RowRange& range) { return ReadRows(range); },
             {first, LatestTrajectoryId(), true},
             [&](const TrajectoryRow& row) {
               const auto stored = DecodeRow(row);
               if (stored) return visit(*stored);
               if (broken) broken(row.id, stored.error().message);
               return true;
             },
             broken);
}

void SqliteStore::ForEachSummary(TrajectoryId first,
                                 const std::function<bool(const TrajectorySummary&)>& visit,
                                 const Broken& broken) const {
  ForEachRow([this](const RowRange& range) { return ReadRows(range); },
             {first, LatestTrajectoryId(), false},
             [&](const TrajectoryRow& row) { return visit(row); }, broken);
}

Result<StoredTrajectory> SqliteStore::GetTrajectory(TrajectoryId id) const {
  try {
    const auto rows = ReadRows({id, id, true});
    auto stored = DecodeRow(rows.front());
    if (stored) return stored;
    return Fail(fmt::format("{}: cannot read trajectory {}: damaged: {}", location_, id,
                            stored.error().message));
  } catch (const DamagedError& error) {
    // Asked for now, as it costs another query.
    const TrajectoryId latest = LatestTrajectoryId();
    if (id >= 1 && id <= latest) return Fail(error.what());
    return Fail(fmt::format("{}: no trajectory {}: there are {}", location_, id, latest));
  }
}

std::vector<CheckpointEpisodes> SqliteStore::EpisodesPerCheckpoint() const {
  return connection_->Read("count episodes by checkpoint", [](SQLite::Database& database) {
    std::vector<CheckpointEpisodes> result;
    SQLite::Statement query(database,
                            "SELECT first_checkpoint, sum(status = 'verified'), "
                            "sum(status = 'rejected') FROM trajectories "
                            "GROUP BY first_checkpoint ORDER BY first_checkpoint");
    while (query.executeStep()) {
      result.push_back({query.getColumn(0).getString(), query.getColumn(1).getInt64(),
                        query.getColumn(2).getInt64()});
    }
    return result;
  });
}

}  // namespace tesuji::storage
