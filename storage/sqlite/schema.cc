#include "storage/sqlite/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <set>
#include <string>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/rows.h"

namespace tesuji::storage {
namespace {

/// "table metrics", "column metrics.value REAL …", "index metrics_x(…)" of everything there is.
std::set<std::string> SchemaLines(SQLite::Database& database) {
  std::set<std::string> lines;
  SQLite::Statement tables(database,
                           "SELECT name, wr, strict FROM pragma_table_list "
                           "WHERE type = 'table' AND schema = 'main'");
  while (tables.executeStep()) {
    const std::string table = tables.getColumn(0).getString();
    lines.insert(fmt::format("table {}\n{} {}", table, tables.getColumn(1).getInt(),
                             tables.getColumn(2).getInt()));
    SQLite::Statement columns(database,
                              "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?)");
    columns.bind(1, table);
    while (columns.executeStep()) {
      lines.insert(fmt::format("column {}.{}\n{} {} {}", table, columns.getColumn(0).getString(),
                               columns.getColumn(1).getString(), columns.getColumn(2).getInt(),
                               columns.getColumn(3).getInt()));
    }
  }
  SQLite::Statement indexes(database,
                            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' "
                            "AND sql IS NOT NULL");
  while (indexes.executeStep()) {
    lines.insert(fmt::format("index {}\n{}", indexes.getColumn(0).getString(),
                             indexes.getColumn(1).getString()));
  }
  return lines;
}

int ReadVersion(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

/// Whether it has tables of ours, whatever its head says.
bool HasOurTables(SQLite::Database& database) {
  return database.tableExists("trajectories") && database.tableExists("counters");
}

}  // namespace

void CreateTables(SQLite::Database& database, const Schema& schema) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  for (const TableShape& table : schema.tables) database.exec(CreateSql(table));
  database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
  database.exec(fmt::format("PRAGMA user_version = {}", schema.version()));
  transaction.commit();
}

Result<int> SchemaVersion(SQLite::Database& database, const Schema& schema) {
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  if (application != kApplicationId) {
    const auto found = static_cast<std::uint32_t>(application);
    if (HasOurTables(database)) {
      throw DamagedRow(fmt::format("the application id in its head is {:#x}, expected {:#x}", found,
                                   kApplicationId));
    }
    return Fail(fmt::format(
        "not a tesuji store: an SQLite file of another program (application id {:#x}, expected "
        "{:#x})",
        found, kApplicationId));
  }
  const int version = ReadVersion(database);
  if (version < 1) throw DamagedRow(fmt::format("schema version {}", version));
  if (version > schema.version()) {
    return Fail(fmt::format(
        "made by a newer tesuji (schema version {}, this program knows up to {}): use that one",
        version, schema.version()));
  }
  return version;
}

void Migrate(SQLite::Database& database, const Schema& schema) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int before = ReadVersion(database);
  if (before == schema.version()) return;
  for (const Migration& migration : schema.migrations) {
    if (migration.to > before) migration.apply(database);
  }
  database.exec(fmt::format("PRAGMA user_version = {}", schema.version()));
  transaction.commit();
}

Status CheckSchema(SQLite::Database& database, const Schema& schema) {
  SQLite::Database model(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  CreateTables(model, schema);
  const std::set<std::string> there = SchemaLines(database);
  for (const std::string& line : SchemaLines(model)) {
    if (there.contains(line)) continue;
    return Fail(fmt::format("{} is missing or altered", line.substr(0, line.find('\n'))));
  }
  return {};
}

}  // namespace tesuji::storage
