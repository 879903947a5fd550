// The part of SqliteStore that looks for damage: every table by itself, then the tables against
// each other. Whatever cannot be read is reported and passed over.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/json.h"
#include "core/sha256.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/counters.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/tables.h"

namespace tesuji::storage {
namespace {

using Reports = std::vector<TableReport>;
using Check = std::function<std::string(const std::vector<ColumnValue>& values)>;

TableReport& ReportOf(Reports* reports, const std::string& table) {
  const auto it = std::ranges::find(*reports, table, &TableReport::table);
  if (it != reports->end()) return *it;
  reports->push_back({table, 0, 0, {}});
  return reports->back();
}

/// The key of the row of `values`, without the table's name.
std::string KeyOf(const TableShape& shape, const std::vector<ColumnValue>& values) {
  const std::string name = RowName(shape, values);
  return name.size() > shape.name.size() ? name.substr(shape.name.size() + 1) : std::string();
}

std::string TextOf(const TableShape& shape, const std::vector<ColumnValue>& values,
                   std::string_view column) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (shape.columns[i].name == column) return std::get<std::string>(values[i]);
  }
  return {};
}

/// Reads every row of a table; `check` says what is wrong with one whose checksum holds.
void ReadTable(SQLite::Database& database, const TableShape& shape, const Check& check,
               TableReport* report) {
  try {
    SQLite::Statement query(database, SelectSql(shape));
    while (query.executeStep()) {
      const StoredRow row = ReadStoredRow(&query, shape);
      std::string problem = "contradicts its checksum";
      if (row.sound) problem = check ? check(row.values) : std::string();
      if (problem.empty()) {
        ++report->readable;
      } else {
        report->problems.push_back({KeyOf(shape, row.values), std::move(problem)});
      }
    }
  } catch (const SQLite::Exception& error) {
    report->problems.push_back(
        {"", fmt::format("cannot be read beyond row {}: {}", report->readable, error.what())});
  }
}

/// JSON columns parse, blobs agree with their hash.
Check CheckOf(const TableShape& shape) {
  const auto json = [&](std::string column) -> Check {
    return [&shape, column](const std::vector<ColumnValue>& values) {
      return Json::accept(TextOf(shape, values, column)) ? std::string()
                                                         : column + " does not hold JSON";
    };
  };
  if (shape.name == "facts") return json("value");
  if (shape.name == "checkpoints") return json("info");
  if (shape.name == "environments") return json("parameters");
  if (shape.name == "matches") return json("settings");
  if (shape.name == "checkpoint_blobs") {
    return [&shape](const std::vector<ColumnValue>& values) {
      return Sha256Hex(TextOf(shape, values, "bytes")) == TextOf(shape, values, "sha256")
                 ? std::string()
                 : "the bytes contradict their hash";
    };
  }
  return {};
}

/// Rows there against rows that were written.
void CheckRowCount(SQLite::Database& database, TableReport* report) {
  try {
    report->expected = report->table == "trajectories" ? ReadCounters(database).episodes
                                                       : CountedRows(database, report->table);
    const std::int64_t there = RowsThere(database, report->table);
    // Of trajectories, ForEachTrajectory() names each that is missing.
    const bool named = report->table == "trajectories" && there < report->expected;
    if (there != report->expected && !named) {
      report->problems.push_back(
          {"", fmt::format("{} rows were written, {} are there", report->expected, there)});
    }
  } catch (const DamagedRow& error) {
    report->expected = -1;
    report->problems.push_back({"", fmt::format("its rows cannot be counted: {}", error.what())});
  } catch (const SQLite::Exception& error) {
    report->expected = -1;
    report->problems.push_back({"", fmt::format("its rows cannot be counted: {}", error.what())});
  }
}

/// Runs a query whose rows are (key, reason) of a problem each.
void AddProblems(SQLite::Database& database, const char* sql, TableReport* report) {
  try {
    SQLite::Statement query(database, sql);
    while (query.executeStep()) {
      report->problems.push_back({query.getColumn(0).getString(), query.getColumn(1).getString()});
    }
  } catch (const SQLite::Exception&) {
    // A table that cannot be read has been reported by ReadTable().
  }
}

/// What one table says of another.
void CheckBetweenTables(SQLite::Database& database, Reports* reports) {
  AddProblems(database,
              "SELECT id, 'its weights are missing' FROM checkpoints WHERE id NOT IN "
              "(SELECT checkpoint FROM checkpoint_blobs WHERE kind = 'weights')",
              &ReportOf(reports, "checkpoints"));
  AddProblems(database,
              "SELECT c.id, 'its weights contradict its hash' FROM checkpoints c "
              "JOIN checkpoint_blobs b ON b.checkpoint = c.id AND b.kind = 'weights' "
              "WHERE b.sha256 <> c.hash",
              &ReportOf(reports, "checkpoints"));
  AddProblems(database,
              "SELECT DISTINCT checkpoint, 'the row is missing, its ' || kind || ' are there' "
              "FROM checkpoint_blobs WHERE checkpoint NOT IN (SELECT id FROM checkpoints)",
              &ReportOf(reports, "checkpoints"));
  // Networks are named by 64 digits; an episode without a network names none.
  AddProblems(database,
              "SELECT '', count(*) || ' episodes began with the network ' || "
              "substr(first_checkpoint, 1, 12) || '…, which is not there' FROM trajectories "
              "WHERE length(first_checkpoint) = 64 AND first_checkpoint NOT IN "
              "(SELECT hash FROM checkpoints) GROUP BY first_checkpoint",
              &ReportOf(reports, "checkpoints"));
  AddProblems(database,
              "SELECT '', 'no row for ' || environment || ' version ' || environment_version || "
              "', which ' || count(*) || ' trajectories were made with' FROM trajectories t "
              "WHERE NOT EXISTS (SELECT 1 FROM environments e WHERE "
              "e.environment = t.environment AND e.version = t.environment_version) "
              "GROUP BY environment, environment_version",
              &ReportOf(reports, "environments"));
}

/// The totals in `counters` against the rows of `trajectories`.
void CheckTotals(SQLite::Database& database, Reports* reports) {
  try {
    const Counts counts = ReadCounters(database);
    SQLite::Statement query(database,
                            "SELECT count(*), ifnull(sum(status = 'verified'), 0), "
                            "ifnull(sum(split = 'heldout'), 0), ifnull(sum(steps), 0) "
                            "FROM trajectories");
    if (!query.executeStep() || query.getColumn(0).getInt64() != counts.episodes) return;
    const auto compare = [&](const char* name, std::int64_t counted, std::int64_t rows) {
      if (counted == rows) return;
      ReportOf(reports, "counters")
          .problems.push_back({name, fmt::format("says {}, the rows say {}", counted, rows)});
    };
    compare("verified", counts.verified, query.getColumn(1).getInt64());
    compare("heldout", counts.heldout, query.getColumn(2).getInt64());
    compare("actions", counts.actions, query.getColumn(3).getInt64());
  } catch (const DamagedRow&) {  // Reported by CheckRowCount().
  } catch (const SQLite::Exception&) {
  }
}

/// Root page -> table, for what SQLite's check calls a tree.
std::map<std::int64_t, std::string> TreeNames(SQLite::Database& database) {
  std::map<std::int64_t, std::string> names;
  SQLite::Statement query(database, "SELECT rootpage, tbl_name FROM sqlite_schema");
  while (query.executeStep()) names[query.getColumn(0).getInt64()] = query.getColumn(1).getString();
  return names;
}

/// SQLite's own check of pages and indexes.
void CheckPages(SQLite::Database& database, Reports* reports) {
  constexpr int kMostMessages = 100;
  try {
    const auto trees = TreeNames(database);
    SQLite::Statement query(database, fmt::format("PRAGMA integrity_check({})", kMostMessages));
    while (query.executeStep()) {
      std::string verdict = query.getColumn(0).getString();
      if (verdict == "ok") return;
      std::string table = "(the file)";
      if (const auto at = verdict.find("Tree "); at != std::string::npos) {
        const auto it = trees.find(std::strtoll(verdict.c_str() + at + 5, nullptr, 10));
        if (it != trees.end()) table = it->second;
      }
      for (const auto& [page, name] : trees) {
        if (verdict.ends_with(" " + name) || verdict.find(" " + name + "_") != std::string::npos) {
          table = name;
        }
      }
      std::ranges::replace(verdict, '\n', ' ');
      ReportOf(reports, table).problems.push_back({"", "SQLite: " + verdict});
    }
  } catch (const SQLite::Exception& error) {
    ReportOf(reports, "(the file)").problems.push_back({"", error.what()});
  }
}

Reports InspectDatabase(SQLite::Database& database) {
  Reports reports;
  CheckPages(database, &reports);
  for (const TableShape& shape : AllTables()) {
    TableReport& report = ReportOf(&reports, shape.name);
    if (shape.name != "counters") CheckRowCount(database, &report);
    if (shape.name == "trajectories") continue;
    ReadTable(database, shape, CheckOf(shape), &report);
    if (shape.name == "counters") report.expected = report.readable + std::ssize(report.problems);
  }
  CheckBetweenTables(database, &reports);
  CheckTotals(database, &reports);
  try {
    if (auto schema = CheckSchema(database, StoreSchema()); !schema) {
      ReportOf(&reports, "(the file)").problems.push_back({"", schema.error().message});
    }
  } catch (const SQLite::Exception& error) {
    ReportOf(&reports, "(the file)").problems.push_back({"", error.what()});
  }
  return reports;
}

}  // namespace

std::vector<TableReport> SqliteStore::Inspect() const {
  return connection_->Read("inspect the store", InspectDatabase);
}

}  // namespace tesuji::storage
