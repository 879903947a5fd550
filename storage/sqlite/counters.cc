#include "storage/sqlite/counters.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/rows.h"
#include "storage/tables.h"

namespace tesuji::storage {
namespace {

struct Counter {
  std::string_view name;
  std::int64_t Counts::*value;
};
constexpr std::array<Counter, 6> kCounters = {{{"episodes", &Counts::episodes},
                                               {"verified", &Counts::verified},
                                               {"rejected", &Counts::rejected},
                                               {"dropped", &Counts::dropped},
                                               {"heldout", &Counts::heldout},
                                               {"actions", &Counts::actions}}};

std::string RowsOf(const std::string& table) { return "rows of " + table; }

std::int64_t ReadCounter(SQLite::Database& database, const std::string& name) {
  const auto table = CounterTable();
  SQLite::Statement query(database, SelectSql(table.shape()) + " WHERE name = ?");
  query.bind(1, name);
  if (!query.executeStep()) throw DamagedRow(fmt::format("the counter {} is missing", name));
  return ReadRow(&query, table).value;
}

void WriteCounter(SQLite::Database& database, const CounterRow& row) {
  const auto table = CounterTable();
  SQLite::Statement statement(database, ReplaceSql(table.shape()));
  WriteRow(&statement, table, row);
}

}  // namespace

void CreateCounters(SQLite::Database& database) {
  WriteCounters(database, {});
  for (const TableShape& table : AllTables()) {
    if (table.name == "counters" || table.name == "trajectories") continue;
    WriteCounter(database, {RowsOf(table.name), 0});
  }
}

void WriteCounters(SQLite::Database& database, const Counts& counts) {
  const auto table = CounterTable();
  SQLite::Statement statement(database, ReplaceSql(table.shape()));
  for (const Counter& counter : kCounters) {
    WriteRow(&statement, table, {std::string(counter.name), counts.*counter.value});
  }
}

Counts ReadCounters(SQLite::Database& database) {
  const auto table = CounterTable();
  Counts counts;
  std::size_t found = 0;
  SQLite::Statement query(database, SelectSql(table.shape()));
  while (query.executeStep()) {
    const StoredRow stored = ReadStoredRow(&query, table.shape());
    const auto counter =
        std::ranges::find(kCounters, std::get<std::string>(stored.values.front()), &Counter::name);
    if (counter == kCounters.end()) continue;
    if (!stored.sound) {
      throw DamagedRow(fmt::format("the counter {} contradicts its checksum", counter->name));
    }
    counts.*(counter->value) = ReadRow(&query, table).value;
    ++found;
  }
  if (found == kCounters.size()) return counts;
  throw DamagedRow(
      fmt::format("{} of {} counters are missing", kCounters.size() - found, kCounters.size()));
}

std::int64_t CountedRows(SQLite::Database& database, const std::string& table) {
  return ReadCounter(database, RowsOf(table));
}

void AddToCountedRows(SQLite::Database& database, const std::string& table, std::int64_t added) {
  WriteCounter(database, {RowsOf(table), CountedRows(database, table) + added});
}

std::int64_t RowsThere(SQLite::Database& database, const std::string& table) {
  return database.execAndGet("SELECT count(*) FROM " + table).getInt64();
}

}  // namespace tesuji::storage
