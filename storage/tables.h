// The tables of a store: the one place that names their columns. A new column is one line in
// tables.cc and one migration (storage/sqlite/migrations.h).
// Thread-safety: the tables are values, made by their functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/columns.h"
#include "storage/records.h"

namespace tesuji::storage {

struct CounterRow {
  std::string name;
  std::int64_t value = 0;
};

struct FactRow {
  std::string name;
  std::string value;  ///< JSON.
};

struct EnvironmentRow {
  std::int64_t id = 0;
  std::string environment;
  int version = 0;
  std::string parameters;  ///< Canonical JSON.
  std::int64_t episodes = 0;
};

struct TrajectoryRow : TrajectorySummary {
  std::string bytes_checksum;
  std::string bytes;  ///< Empty when they were not asked for.
};

struct CheckpointRow : CheckpointInfo {
  std::string info_json;  ///< `info` as text.
};

struct BlobRow {
  std::int64_t checkpoint = 0;
  std::string kind;
  std::string sha256;
  std::string bytes;
};

struct MatchRow : MatchResult {
  std::int64_t id = 0;
  std::string settings_json;  ///< `settings` as text.
  std::int64_t created_unix_ms = 0;
};

Table<CounterRow> CounterTable();
Table<FactRow> FactTable();
Table<EnvironmentRow> EnvironmentTable();
Table<TrajectoryRow> TrajectoryTable();
Table<CheckpointRow> CheckpointTable();
Table<BlobRow> BlobTable();
Table<Metric> MetricTable();
Table<MatchRow> MatchTable();
Table<UnfinishedEpisode> UnfinishedTable();

/// All of them, in the order in which they are made.
std::vector<TableShape> AllTables();

}  // namespace tesuji::storage
