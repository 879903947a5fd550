#include "storage/sqlite/migrations.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "storage/checksum.h"
#include "storage/codec.h"
#include "storage/sqlite/add_column.h"
#include "storage/tables.h"

namespace tesuji::storage {
namespace {

using EnvironmentKey = std::tuple<std::string, int, std::string>;

/// What trajectory `id` was made with; nothing for one that is damaged, which reading will name.
Result<EnvironmentKey> EnvironmentOf(SQLite::Database& database, std::int64_t id) {
  try {
    SQLite::Statement query(database,
                            "SELECT bytes, bytes_checksum FROM trajectories WHERE id = ?");
    query.bind(1, id);
    if (!query.executeStep()) return Fail("missing");
    const std::string bytes = query.getColumn(0).getString();
    if (BlobChecksum(bytes) != query.getColumn(1).getString()) return Fail("damaged");
    const auto decoded = DecodeTrajectory(bytes);
    if (!decoded) return tl::unexpected(decoded.error());
    const env::Provenance& made_by = decoded->trajectory.provenance;
    return EnvironmentKey(made_by.environment_id, made_by.environment_version,
                          CanonicalJson(made_by.environment_parameters));
  } catch (const SQLite::Exception& error) {
    return Fail(error.what());  // A page that cannot be read costs its rows, not the migration.
  }
}

/// The table `environments`, filled from the bytes of the trajectories.
void AddEnvironments(SQLite::Database& database) {
  database.exec(R"sql(
CREATE TABLE environments(
  id INTEGER PRIMARY KEY,
  environment TEXT NOT NULL,
  version INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  episodes INTEGER NOT NULL,
  checksum TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX environments_key ON environments(environment, version, parameters);
)sql");
  std::map<EnvironmentKey, std::pair<std::int64_t, std::int64_t>> found;  // Id, episodes.
  const std::int64_t last =
      database.execAndGet("SELECT ifnull(max(id), 0) FROM trajectories").getInt64();
  for (std::int64_t id = 1; id <= last; ++id) {
    const auto key = EnvironmentOf(database, id);
    if (!key) continue;
    const auto next = static_cast<std::int64_t>(found.size()) + 1;
    ++found.try_emplace(*key, next, 0).first->second.second;
  }
  SQLite::Statement insert(database, "INSERT INTO environments VALUES(?, ?, ?, ?, ?, ?)");
  for (const auto& [key, row] : found) {
    const auto& [environment, version, parameters] = key;
    insert.bind(1, row.first);
    insert.bind(2, environment);
    insert.bind(3, version);
    insert.bind(4, parameters);
    insert.bind(5, row.second);
    insert.bind(6, RowChecksum()
                       .Integer(row.first)
                       .Text(environment)
                       .Integer(version)
                       .Text(parameters)
                       .Integer(row.second)
                       .Finish());
    insert.exec();
    insert.reset();
  }
}

/// One counter a table, so that a row that vanishes is noticed.
void CountRows(SQLite::Database& database) {
  SQLite::Statement insert(database, "INSERT INTO counters(name, value, checksum) VALUES(?, ?, ?)");
  for (const char* table : {"facts", "environments", "checkpoints", "checkpoint_blobs", "metrics",
                            "matches", "unfinished"}) {
    const std::string name = fmt::format("rows of {}", table);
    const std::int64_t rows =
        database.execAndGet(fmt::format("SELECT count(*) FROM {}", table)).getInt64();
    insert.bind(1, name);
    insert.bind(2, rows);
    insert.bind(3, RowChecksum().Text(name).Integer(rows).Finish());
    insert.exec();
    insert.reset();
  }
}

void ToVersion2(SQLite::Database& database) {
  AddEnvironments(database);
  AddColumn(database, {.table = "unfinished",
                       .definition = "kind TEXT NOT NULL DEFAULT 'playing' "
                                     "CHECK(kind IN ('playing', 'unjudged'))",
                       .key = "episode",
                       .checksum = "checksum",
                       .before = "episode, bytes",
                       .after = "episode, kind, bytes"});
  CountRows(database);
}

}  // namespace

Schema StoreSchema() { return {AllTables(), {{2, ToVersion2}}}; }

}  // namespace tesuji::storage
