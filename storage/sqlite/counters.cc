#include "storage/sqlite/counters.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <array>
#include <map>

#include "storage/checksum.h"
#include "storage/sqlite/connection.h"

namespace tesuji::storage {
namespace {

struct Counter {
  const char* name;
  std::int64_t Counts::*value;
};
constexpr std::array<Counter, 6> kCounters = {{{"episodes", &Counts::episodes},
                                               {"verified", &Counts::verified},
                                               {"rejected", &Counts::rejected},
                                               {"dropped", &Counts::dropped},
                                               {"heldout", &Counts::heldout},
                                               {"actions", &Counts::actions}}};

std::string Checksum(const std::string& name, std::int64_t value) {
  return RowChecksum().Text(name).Integer(value).Finish();
}

}  // namespace

void WriteCounters(SQLite::Database& database, const Counts& counts) {
  SQLite::Statement statement(
      database, "INSERT OR REPLACE INTO counters(name, value, checksum) VALUES(?, ?, ?)");
  for (const Counter& counter : kCounters) {
    statement.bind(1, counter.name);
    statement.bind(2, counts.*counter.value);
    statement.bind(3, Checksum(counter.name, counts.*counter.value));
    statement.exec();
    statement.reset();
  }
}

Counts ReadCounters(SQLite::Database& database) {
  std::map<std::string, std::int64_t> values;
  SQLite::Statement query(database, "SELECT name, value, checksum FROM counters");
  while (query.executeStep()) {
    const std::string name = query.getColumn(0).getString();
    const std::int64_t value = query.getColumn(1).getInt64();
    if (query.getColumn(2).getString() == Checksum(name, value)) values[name] = value;
  }
  Counts counts;
  for (const Counter& counter : kCounters) {
    const auto it = values.find(counter.name);
    if (it == values.end()) {
      throw DamagedRow(
          fmt::format("counter {} is missing or contradicts its checksum", counter.name));
    }
    counts.*counter.value = it->second;
  }
  return counts;
}

}  // namespace tesuji::storage
