#include "storage/sqlite/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <array>
#include <set>

namespace tesuji::storage {
namespace {

// STRICT: a damaged or careless write of another type is refused by SQLite itself.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE counters(
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL,
  checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE facts(
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE trajectories(
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  campaign_seed INTEGER NOT NULL,
  episode INTEGER NOT NULL,
  environment TEXT NOT NULL,
  environment_version INTEGER NOT NULL,
  task TEXT NOT NULL,
  status TEXT NOT NULL CHECK(status IN ('verified', 'rejected')),
  split TEXT NOT NULL,
  steps INTEGER NOT NULL,
  targets INTEGER NOT NULL,
  value REAL,
  score REAL,
  termination TEXT NOT NULL,
  first_checkpoint TEXT NOT NULL,
  last_checkpoint TEXT NOT NULL,
  started_unix_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  evaluations INTEGER NOT NULL,
  created_unix_ms INTEGER NOT NULL,
  bytes_checksum TEXT NOT NULL,
  row_checksum TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX trajectories_hash ON trajectories(hash);
CREATE UNIQUE INDEX trajectories_episode ON trajectories(campaign_seed, episode);
CREATE INDEX trajectories_checkpoint ON trajectories(first_checkpoint, status);

CREATE TABLE checkpoints(
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  episodes INTEGER NOT NULL,
  training_steps INTEGER NOT NULL,
  created_unix_ms INTEGER NOT NULL,
  info TEXT NOT NULL,
  checksum TEXT NOT NULL
) STRICT;

CREATE TABLE checkpoint_blobs(
  checkpoint INTEGER NOT NULL REFERENCES checkpoints(id),
  kind TEXT NOT NULL CHECK(kind IN ('weights', 'learner_state')),
  sha256 TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX checkpoint_blobs_kind ON checkpoint_blobs(checkpoint, kind);

CREATE TABLE metrics(
  checkpoint INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL,
  checksum TEXT NOT NULL,
  PRIMARY KEY(checkpoint, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE matches(
  id INTEGER PRIMARY KEY,
  player TEXT NOT NULL,
  opponent TEXT NOT NULL,
  wins INTEGER NOT NULL,
  draws INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  settings TEXT NOT NULL,
  created_unix_ms INTEGER NOT NULL,
  checksum TEXT NOT NULL
) STRICT;

CREATE TABLE unfinished(
  episode INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
)sql";

constexpr std::array<Migration, 1> kMigrations = {{{1, kVersion1}}};

/// "type name sql" of everything a database is made of.
std::set<std::string> SchemaLines(SQLite::Database& database) {
  std::set<std::string> lines;
  SQLite::Statement query(database,
                          "SELECT type || ' ' || name, sql FROM sqlite_schema "
                          "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'");
  while (query.executeStep()) {
    lines.insert(query.getColumn(0).getString() + '\n' + query.getColumn(1).getString());
  }
  return lines;
}

int ReadVersion(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

}  // namespace

std::span<const Migration> Migrations() { return kMigrations; }

Result<int> SchemaVersion(SQLite::Database& database, std::span<const Migration> migrations) {
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  if (application != kApplicationId) {
    return Fail(fmt::format(
        "not a tesuji store: an SQLite file of another program (application id {:#x}, expected "
        "{:#x})",
        static_cast<std::uint32_t>(application), kApplicationId));
  }
  const int version = ReadVersion(database);
  if (version < 1) return Fail(fmt::format("damaged: schema version {}", version));
  if (version > migrations.back().to) {
    return Fail(fmt::format(
        "made by a newer tesuji (schema version {}, this program knows up to {}): use that one",
        version, migrations.back().to));
  }
  return version;
}

void Migrate(SQLite::Database& database, std::span<const Migration> migrations) {
  for (const Migration& migration : migrations) {
    if (migration.to <= ReadVersion(database)) continue;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(migration.sql);
    database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
    database.exec(fmt::format("PRAGMA user_version = {}", migration.to));
    transaction.commit();
  }
}

Status CheckSchema(SQLite::Database& database, std::span<const Migration> migrations) {
  SQLite::Database model(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  Migrate(model, migrations);
  const std::set<std::string> there = SchemaLines(database);
  for (const std::string& line : SchemaLines(model)) {
    if (there.contains(line)) continue;
    return Fail(fmt::format("damaged: {} is missing or altered", line.substr(0, line.find('\n'))));
  }
  return {};
}

}  // namespace tesuji::storage
