// The part of Store that appends and reads trajectories.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "storage/sqlite/counters.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/sqlite/trajectory_rows.h"
#include "storage/store.h"

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

std::vector<TrajectoryId> AppendAll(SQLite::Database& database,
                                    const std::vector<Store::Append>& batch,
                                    const std::vector<EncodedTrajectory>& encoded) {
  Counts counts = ReadCounters(database);
  SQLite::Statement stored(database,
                           "SELECT 1 FROM trajectories WHERE campaign_seed = ? AND episode = ?");
  SQLite::Statement insert(database, kInsertTrajectory);
  SQLite::Statement forget(database, "DELETE FROM unfinished WHERE episode = ?");
  std::vector<TrajectoryId> ids;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const env::Provenance& provenance = batch[i].trajectory.provenance;
    forget.bind(1, static_cast<std::int64_t>(provenance.episode));
    forget.exec();
    forget.reset();
    if (IsStored(stored, provenance)) {
      ids.push_back(0);
      continue;
    }
    const TrajectorySummary row = Summarise(batch[i], encoded[i], counts.episodes + 1);
    InsertRow(insert, row, encoded[i]);
    Count(row, &counts);
    ids.push_back(row.id);
  }
  WriteCounters(database, counts);
  return ids;
}

/// Rows first to last in pieces, each read under the connection's mutex and visited outside it. A
/// piece with damage in it is read again row by row, so that only the damaged rows are lost.
void ForEachRow(Connection& connection, TrajectoryId first, TrajectoryId last, bool with_bytes,
                const std::function<bool(const TrajectoryRow&)>& visit,
                const Store::Broken& broken) {
  const auto read = [&](TrajectoryId from, TrajectoryId to) {
    return connection.Read(
        fmt::format("read trajectory {}", from),
        [&](SQLite::Database& database) { return ReadRows(database, from, to, with_bytes); });
  };
  TrajectoryId one_by_one = 0;  // Up to here.
  for (TrajectoryId next = std::max<TrajectoryId>(first, 1); next <= last;) {
    std::vector<TrajectoryRow> rows;
    try {
      rows = read(next, next <= one_by_one ? next : last);
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
  return connection_->Write(
      what, [&](SQLite::Database& database) { return AppendAll(database, batch, encoded); });
}

void SqliteStore::ForEachTrajectory(TrajectoryId first,
                                    const std::function<bool(const StoredTrajectory&)>& visit,
                                    const Broken& broken) const {
  ForEachRow(
      *connection_, first, LatestTrajectoryId(), true,
      [&](const TrajectoryRow& row) {
        const auto stored = DecodeRow(row);
        if (stored) return visit(*stored);
        if (broken) broken(row.summary.id, stored.error().message);
        return true;
      },
      broken);
}

void SqliteStore::ForEachSummary(TrajectoryId first,
                                 const std::function<bool(const TrajectorySummary&)>& visit,
                                 const Broken& broken) const {
  ForEachRow(
      *connection_, first, LatestTrajectoryId(), false,
      [&](const TrajectoryRow& row) { return visit(row.summary); }, broken);
}

Result<StoredTrajectory> SqliteStore::GetTrajectory(TrajectoryId id) const {
  const TrajectoryId latest = LatestTrajectoryId();
  if (id < 1 || id > latest) {
    return Fail(fmt::format("{}: no trajectory {}: there are {}", location_, id, latest));
  }
  try {
    const auto rows = connection_->Read(
        fmt::format("read trajectory {}", id),
        [&](SQLite::Database& database) { return ReadRows(database, id, id, true); });
    auto stored = DecodeRow(rows.front());
    if (stored) return stored;
    return Fail(fmt::format("{}: cannot read trajectory {}: damaged: {}", location_, id,
                            stored.error().message));
  } catch (const DamagedError& error) {
    return Fail(error.what());
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

// --- integrity ------------------------------------------------------------------------------

namespace {

/// SQLite's own checks.
Status CheckDatabase(SQLite::Database& database) {
  SQLite::Statement integrity(database, "PRAGMA integrity_check(1)");
  if (integrity.executeStep()) {
    const std::string verdict = integrity.getColumn(0).getString();
    if (verdict != "ok") return Fail("damaged: " + verdict.substr(0, verdict.find('\n')));
  }
  SQLite::Statement keys(database, "PRAGMA foreign_key_check");
  if (keys.executeStep()) {
    return Fail(fmt::format("damaged: a row of {} points nowhere", keys.getColumn(0).getString()));
  }
  return {};
}

std::vector<std::string> FactNames(SQLite::Database& database) {
  std::vector<std::string> names;
  SQLite::Statement query(database, "SELECT name FROM facts");
  while (query.executeStep()) names.push_back(query.getColumn(0).getString());
  return names;
}

bool Same(const Counts& a, const Counts& b) {
  return a.episodes == b.episodes && a.verified == b.verified && a.rejected == b.rejected &&
         a.heldout == b.heldout && a.actions == b.actions;
}

}  // namespace

Status SqliteStore::CheckIntegrity() const {
  const auto named = [&](const std::string& problem) {
    return Fail(fmt::format("{}: {}", location_, problem));
  };
  try {
    if (auto good = connection_->Read("check the database", CheckDatabase); !good) {
      return named(good.error().message);
    }
    for (const CheckpointInfo& info : ListCheckpoints()) {
      if (auto blobs = GetCheckpoint(info.id); !blobs) return tl::unexpected(blobs.error());
    }
    GetMetrics();
    GetMatches();
    GetUnfinished();
    for (const std::string& name : connection_->Read("list the facts", FactNames)) {
      GetFact(name);
    }
    const Counts expected = counts();
    Counts counted;
    std::string problem;
    ForEachRow(
        *connection_, 1, expected.episodes, true,
        [&](const TrajectoryRow& row) {
          Count(row.summary, &counted);
          const auto stored = DecodeRow(row);
          if (!stored)
            problem = fmt::format("trajectory {}: {}", row.summary.id, stored.error().message);
          return problem.empty();
        },
        [&](TrajectoryId, const std::string& reason) {
          if (problem.empty()) problem = reason;
        });
    if (!problem.empty()) return named("damaged: " + problem);
    if (!Same(counted, expected)) return named("damaged: the counters contradict the rows");
  } catch (const DamagedError& error) {
    return Fail(error.what());
  }
  return {};
}

}  // namespace tesuji::storage
