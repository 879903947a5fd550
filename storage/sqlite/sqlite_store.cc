#include "storage/sqlite/sqlite_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <limits>

#include "core/sha256.h"
#include "core/unix_time.h"
#include "storage/checksum.h"
#include "storage/codec.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/counters.h"

namespace tesuji::storage {
namespace {

std::string FactChecksum(const std::string& name, const std::string& value) {
  return RowChecksum().Text(name).Text(value).Finish();
}

std::string MetricChecksum(const Metric& metric) {
  return RowChecksum().Integer(metric.checkpoint).Text(metric.name).Real(metric.value).Finish();
}

std::string CheckpointChecksum(const CheckpointInfo& info, const std::string& json) {
  return RowChecksum()
      .Integer(info.id)
      .Text(info.hash)
      .Integer(info.episodes)
      .Integer(info.training_steps)
      .Integer(info.created_unix_ms)
      .Text(json)
      .Finish();
}

std::string MatchChecksum(const MatchResult& match, const std::string& settings,
                          std::int64_t created) {
  return RowChecksum()
      .Text(match.player)
      .Text(match.opponent)
      .Integer(match.wins)
      .Integer(match.draws)
      .Integer(match.losses)
      .Text(settings)
      .Integer(created)
      .Finish();
}

std::string UnfinishedChecksum(std::int64_t episode, const std::string& bytes) {
  return RowChecksum().Integer(episode).Text(BlobChecksum(bytes)).Finish();
}

/// SQLite's integers are signed; numbers above 2^63 are kept by their bits.
std::int64_t ToColumn(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void BindBlob(SQLite::Statement& statement, int index, const std::string& bytes) {
  if (bytes.size() > std::size_t{std::numeric_limits<int>::max()}) {
    throw MachineError(fmt::format("cannot store {} bytes as one piece", bytes.size()));
  }
  statement.bindNoCopy(index, bytes.data(), static_cast<int>(bytes.size()));
}

void WriteMetrics(SQLite::Database& database, const std::vector<Metric>& metrics) {
  SQLite::Statement statement(
      database,
      "INSERT OR REPLACE INTO metrics(checkpoint, name, value, checksum) VALUES(?, ?, ?, ?)");
  for (const Metric& metric : metrics) {
    statement.bind(1, metric.checkpoint);
    statement.bind(2, metric.name);
    statement.bind(3, metric.value);
    statement.bind(4, MetricChecksum(metric));
    statement.exec();
    statement.reset();
  }
}

void WriteBlob(SQLite::Database& database, std::int64_t checkpoint, const char* kind,
               const std::string& bytes) {
  if (bytes.empty()) return;
  SQLite::Statement statement(
      database, "INSERT INTO checkpoint_blobs(checkpoint, kind, sha256, bytes) VALUES(?, ?, ?, ?)");
  statement.bind(1, checkpoint);
  statement.bind(2, kind);
  statement.bind(3, Sha256Hex(bytes));
  BindBlob(statement, 4, bytes);
  statement.exec();
}

/// Empty when there is none.
Result<std::string> ReadBlob(SQLite::Database& database, std::int64_t checkpoint,
                             const char* kind) {
  SQLite::Statement query(
      database, "SELECT sha256, bytes FROM checkpoint_blobs WHERE checkpoint = ? AND kind = ?");
  query.bind(1, checkpoint);
  query.bind(2, kind);
  if (!query.executeStep()) return std::string{};
  std::string bytes = query.getColumn(1).getString();
  if (Sha256Hex(bytes) == query.getColumn(0).getString()) return bytes;
  return Fail(
      fmt::format("checkpoint {}: damaged: its {} contradict their hash", checkpoint, kind));
}

std::vector<CheckpointInfo> ReadCheckpoints(SQLite::Database& database) {
  std::vector<CheckpointInfo> checkpoints;
  SQLite::Statement query(database,
                          "SELECT id, hash, episodes, training_steps, created_unix_ms, info, "
                          "checksum FROM checkpoints ORDER BY id");
  while (query.executeStep()) {
    CheckpointInfo info;
    info.id = query.getColumn(0).getInt64();
    info.hash = query.getColumn(1).getString();
    info.episodes = query.getColumn(2).getInt64();
    info.training_steps = query.getColumn(3).getInt64();
    info.created_unix_ms = query.getColumn(4).getInt64();
    const std::string json = query.getColumn(5).getString();
    if (query.getColumn(6).getString() != CheckpointChecksum(info, json)) {
      throw DamagedRow(fmt::format("checkpoint {} contradicts its checksum", info.id));
    }
    info.info = ParseColumn(json);
    checkpoints.push_back(std::move(info));
  }
  return checkpoints;
}

}  // namespace

Json ParseColumn(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) throw DamagedRow("a column does not hold JSON");
  return value;
}

SqliteStore::SqliteStore(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), location_(connection_->path().string()) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<Store>> SqliteStore::Open(const std::string& path, OpenMode mode) {
  auto connection = Connection::Open(path, mode);
  if (!connection) return tl::unexpected(connection.error());
  return std::unique_ptr<Store>(new SqliteStore(std::move(*connection)));
}

// --- campaign facts -------------------------------------------------------------------------

void SqliteStore::PutFact(const std::string& name, const Json& value) {
  const std::string text = CanonicalJson(value);
  connection_->Write("store the fact " + name, [&](SQLite::Database& database) {
    SQLite::Statement statement(
        database, "INSERT OR REPLACE INTO facts(name, value, checksum) VALUES(?, ?, ?)");
    statement.bind(1, name);
    statement.bind(2, text);
    statement.bind(3, FactChecksum(name, text));
    statement.exec();
  });
}

std::optional<Json> SqliteStore::GetFact(const std::string& name) const {
  return connection_->Read(
      "read the fact " + name, [&](SQLite::Database& database) -> std::optional<Json> {
        SQLite::Statement query(database, "SELECT value, checksum FROM facts WHERE name = ?");
        query.bind(1, name);
        if (!query.executeStep()) return std::nullopt;
        const std::string text = query.getColumn(0).getString();
        if (query.getColumn(1).getString() != FactChecksum(name, text)) {
          throw DamagedRow(fmt::format("the fact {} contradicts its checksum", name));
        }
        return ParseColumn(text);
      });
}

// --- totals ---------------------------------------------------------------------------------

Counts SqliteStore::counts() const { return connection_->Read("read the counters", ReadCounters); }

TrajectoryId SqliteStore::LatestTrajectoryId() const { return counts().episodes; }

void SqliteStore::AddDropped(std::int64_t episodes) {
  connection_->Write("count dropped episodes", [&](SQLite::Database& database) {
    Counts counts = ReadCounters(database);
    counts.dropped += episodes;
    WriteCounters(database, counts);
  });
}

// --- unfinished episodes --------------------------------------------------------------------

void SqliteStore::PutUnfinished(const std::vector<UnfinishedEpisode>& episodes) {
  const std::string what = fmt::format("store {} unfinished episodes", episodes.size());
  connection_->Write(what, [&](SQLite::Database& database) {
    database.exec("DELETE FROM unfinished");
    SQLite::Statement statement(
        database, "INSERT OR REPLACE INTO unfinished(episode, checksum, bytes) VALUES(?, ?, ?)");
    for (const UnfinishedEpisode& episode : episodes) {
      statement.bind(1, ToColumn(episode.episode));
      statement.bind(2, UnfinishedChecksum(ToColumn(episode.episode), episode.bytes));
      BindBlob(statement, 3, episode.bytes);
      statement.exec();
      statement.reset();
    }
  });
}

std::vector<UnfinishedEpisode> SqliteStore::GetUnfinished() const {
  return connection_->Read("read the unfinished episodes", [](SQLite::Database& database) {
    std::vector<UnfinishedEpisode> episodes;
    SQLite::Statement query(database,
                            "SELECT episode, checksum, bytes FROM unfinished ORDER BY episode");
    while (query.executeStep()) {
      const std::int64_t number = query.getColumn(0).getInt64();
      std::string bytes = query.getColumn(2).getString();
      if (query.getColumn(1).getString() != UnfinishedChecksum(number, bytes)) {
        throw DamagedRow(fmt::format("unfinished episode {} contradicts its checksum", number));
      }
      episodes.push_back({static_cast<std::uint64_t>(number), std::move(bytes)});
    }
    return episodes;
  });
}

// --- checkpoints, metrics, matches ----------------------------------------------------------

void SqliteStore::PutCheckpoint(const CheckpointInfo& info, const CheckpointBlobs& blobs,
                                const std::vector<Metric>& metrics) {
  const std::string json = CanonicalJson(info.info);
  const std::string what = fmt::format("store checkpoint {}", info.id);
  connection_->Write(what, [&](SQLite::Database& database) {
    SQLite::Statement statement(database,
                                "INSERT INTO checkpoints(id, hash, episodes, training_steps, "
                                "created_unix_ms, info, checksum) VALUES(?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, info.id);
    statement.bind(2, info.hash);
    statement.bind(3, info.episodes);
    statement.bind(4, info.training_steps);
    statement.bind(5, info.created_unix_ms);
    statement.bind(6, json);
    statement.bind(7, CheckpointChecksum(info, json));
    statement.exec();
    database.exec("DELETE FROM checkpoint_blobs WHERE kind = 'learner_state'");
    WriteBlob(database, info.id, "weights", blobs.weights);
    WriteBlob(database, info.id, "learner_state", blobs.learner_state);
    WriteMetrics(database, metrics);
  });
}

std::vector<CheckpointInfo> SqliteStore::ListCheckpoints() const {
  return connection_->Read("list the checkpoints", ReadCheckpoints);
}

Result<CheckpointBlobs> SqliteStore::GetCheckpoint(std::int64_t id) const {
  auto blobs = connection_->Read(
      fmt::format("read checkpoint {}", id),
      [&](SQLite::Database& database) -> Result<CheckpointBlobs> {
        SQLite::Statement query(database, "SELECT hash FROM checkpoints WHERE id = ?");
        query.bind(1, id);
        if (!query.executeStep()) return Fail(fmt::format("no checkpoint {}", id));
        auto weights = ReadBlob(database, id, "weights");
        if (!weights) return tl::unexpected(weights.error());
        if (Sha256Hex(*weights) != query.getColumn(0).getString()) {
          return Fail(fmt::format("checkpoint {}: damaged: the weights contradict their hash", id));
        }
        auto learner_state = ReadBlob(database, id, "learner_state");
        if (!learner_state) return tl::unexpected(learner_state.error());
        return CheckpointBlobs{std::move(*weights), std::move(*learner_state)};
      });
  if (!blobs) return Fail(fmt::format("{}: {}", location_, blobs.error().message));
  return blobs;
}

void SqliteStore::PutMetrics(const std::vector<Metric>& metrics) {
  connection_->Write(fmt::format("store {} metrics", metrics.size()),
                     [&](SQLite::Database& database) { WriteMetrics(database, metrics); });
}

std::vector<Metric> SqliteStore::GetMetrics() const {
  return connection_->Read("read the metrics", [](SQLite::Database& database) {
    std::vector<Metric> metrics;
    SQLite::Statement query(
        database,
        "SELECT checkpoint, name, value, checksum FROM metrics ORDER BY checkpoint, name");
    while (query.executeStep()) {
      Metric metric{query.getColumn(0).getInt64(), query.getColumn(1).getString(),
                    std::numeric_limits<double>::quiet_NaN()};
      if (!query.getColumn(2).isNull()) metric.value = query.getColumn(2).getDouble();
      if (query.getColumn(3).getString() != MetricChecksum(metric)) {
        throw DamagedRow(fmt::format("metric {} of checkpoint {} contradicts its checksum",
                                     metric.name, metric.checkpoint));
      }
      metrics.push_back(std::move(metric));
    }
    return metrics;
  });
}

void SqliteStore::AddMatch(const MatchResult& match) {
  const std::string settings = CanonicalJson(match.settings);
  const std::int64_t created = UnixMilliseconds();
  connection_->Write("store a match result", [&](SQLite::Database& database) {
    SQLite::Statement statement(database,
                                "INSERT INTO matches(player, opponent, wins, draws, losses, "
                                "settings, created_unix_ms, checksum) "
                                "VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, match.player);
    statement.bind(2, match.opponent);
    statement.bind(3, match.wins);
    statement.bind(4, match.draws);
    statement.bind(5, match.losses);
    statement.bind(6, settings);
    statement.bind(7, created);
    statement.bind(8, MatchChecksum(match, settings, created));
    statement.exec();
  });
}

std::vector<MatchResult> SqliteStore::GetMatches() const {
  return connection_->Read("read the match results", [](SQLite::Database& database) {
    std::vector<MatchResult> matches;
    SQLite::Statement query(database,
                            "SELECT player, opponent, wins, draws, losses, settings, "
                            "created_unix_ms, checksum FROM matches ORDER BY id");
    while (query.executeStep()) {
      MatchResult match{query.getColumn(0).getString(), query.getColumn(1).getString(),
                        query.getColumn(2).getInt64(),  query.getColumn(3).getInt64(),
                        query.getColumn(4).getInt64(),  {}};
      const std::string settings = query.getColumn(5).getString();
      if (query.getColumn(7).getString() !=
          MatchChecksum(match, settings, query.getColumn(6).getInt64())) {
        throw DamagedRow(fmt::format("the match of {} and {} contradicts its checksum",
                                     match.player, match.opponent));
      }
      match.settings = ParseColumn(settings);
      matches.push_back(std::move(match));
    }
    return matches;
  });
}

}  // namespace tesuji::storage
