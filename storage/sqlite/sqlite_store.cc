#include "storage/sqlite/sqlite_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "storage/codec.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/counters.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/trajectory_rows.h"
#include "storage/tables.h"

namespace tesuji::storage {

Json ParseColumn(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) throw DamagedRow("a column does not hold JSON");
  return value;
}

SqliteStore::SqliteStore(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)),
      trajectories_(std::make_unique<const TrajectoryReader>()),
      location_(connection_->path().string()) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<Store>> SqliteStore::Open(const std::string& path, OpenMode mode) {
  auto connection = Connection::Open(path, mode);
  if (!connection) return tl::unexpected(connection.error());
  return std::unique_ptr<Store>(new SqliteStore(std::move(*connection)));
}

// --- campaign facts -------------------------------------------------------------------------

void SqliteStore::PutFact(const std::string& name, const Json& value) {
  const auto table = FactTable();
  connection_->Write("store the fact " + name, [&](SQLite::Database& database) {
    CountingRows(database, "facts", [&] {
      SQLite::Statement statement(database, ReplaceSql(table.shape()));
      WriteRow(&statement, table, {name, CanonicalJson(value)});
    });
  });
}

std::optional<Json> SqliteStore::GetFact(const std::string& name) const {
  const auto table = FactTable();
  return connection_->Read(
      "read the fact " + name, [&](SQLite::Database& database) -> std::optional<Json> {
        SQLite::Statement query(database, SelectSql(table.shape()) + " WHERE name = ?");
        query.bind(1, name);
        if (!query.executeStep()) return std::nullopt;
        return ParseColumn(ReadRow(&query, table).value);
      });
}

// --- totals ---------------------------------------------------------------------------------

Counts SqliteStore::counts() const { return connection_->Read("read the counters", ReadCounters); }

TrajectoryId SqliteStore::LatestTrajectoryId() const {
  return connection_->Read("find the newest trajectory", [](SQLite::Database& database) {
    try {
      return ReadCounters(database).episodes;
    } catch (const DamagedRow&) {  // Inspect() reports the counter; the rows can still be read.
      return database.execAndGet("SELECT ifnull(max(id), 0) FROM trajectories").getInt64();
    }
  });
}

void SqliteStore::AddDropped(std::int64_t episodes) {
  connection_->Write("count dropped episodes", [&](SQLite::Database& database) {
    Counts counts = ReadCounters(database);
    counts.dropped += episodes;
    WriteCounters(database, counts);
  });
}

std::vector<StoredEnvironment> SqliteStore::Environments() const {
  return connection_->Read("list the environments", [](SQLite::Database& database) {
    std::vector<StoredEnvironment> environments;
    for (EnvironmentRow& row : ReadAllRows(database, EnvironmentTable())) {
      environments.push_back(
          {std::move(row.environment), row.version, ParseColumn(row.parameters), row.episodes});
    }
    return environments;
  });
}

// --- unfinished episodes --------------------------------------------------------------------

void SqliteStore::PutUnfinished(const std::vector<UnfinishedEpisode>& episodes) {
  const auto table = UnfinishedTable();
  const std::string what = fmt::format("store {} unfinished episodes", episodes.size());
  connection_->Write(what, [&](SQLite::Database& database) {
    CountingRows(database, "unfinished", [&] {
      database.exec("DELETE FROM unfinished");
      SQLite::Statement statement(database, ReplaceSql(table.shape()));
      for (const UnfinishedEpisode& episode : episodes) WriteRow(&statement, table, episode);
    });
  });
}

std::vector<UnfinishedEpisode> SqliteStore::GetUnfinished() const {
  return connection_->Read("read the unfinished episodes", [](SQLite::Database& database) {
    return ReadAllRows(database, UnfinishedTable());
  });
}

}  // namespace tesuji::storage
