// A Store in one SQLite file (WAL). Bytes on disk: storage/FORMAT.md.
//
// Invariants: storage/store.h. One process writes (a lock beside the file, released by the kernel
// when the process dies).
// Threads: one connection and one mutex; calls from several threads wait for each other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/store.h"

namespace tesuji::storage {

class Connection;
class TrajectoryReader;
struct RowRange;
struct TrajectoryRow;

class SqliteStore final : public Store {
 public:
  static Result<std::unique_ptr<Store>> Open(const std::string& path, OpenMode mode);
  ~SqliteStore() override;

  const std::string& location() const override { return location_; }
  void PutFact(const std::string& name, const Json& value) override;
  std::optional<Json> GetFact(const std::string& name) const override;
  std::vector<TrajectoryId> AppendTrajectories(const std::vector<Append>& batch) override;
  void ForEachTrajectory(TrajectoryId first,
                         const std::function<bool(const StoredTrajectory&)>& visit,
                         const Broken& broken) const override;
  Result<StoredTrajectory> GetTrajectory(TrajectoryId id) const override;
  void ForEachSummary(TrajectoryId first,
                      const std::function<bool(const TrajectorySummary&)>& visit,
                      const Broken& broken) const override;
  TrajectoryId LatestTrajectoryId() const override;
  std::vector<CheckpointEpisodes> EpisodesPerCheckpoint() const override;
  Counts counts() const override;
  std::vector<StoredEnvironment> Environments() const override;
  void AddDropped(std::int64_t episodes) override;
  void PutUnfinished(const std::vector<UnfinishedEpisode>& episodes) override;
  std::vector<UnfinishedEpisode> GetUnfinished() const override;
  void PutCheckpoint(const CheckpointInfo& info, const CheckpointBlobs& blobs,
                     const std::vector<Metric>& metrics) override;
  std::vector<CheckpointInfo> ListCheckpoints() const override;
  Result<CheckpointBlobs> GetCheckpoint(std::int64_t id) const override;
  void PutMetrics(const std::vector<Metric>& metrics) override;
  std::vector<Metric> GetMetrics() const override;
  void AddMatch(const MatchResult& match) override;
  std::vector<MatchResult> GetMatches() const override;
  std::vector<TableReport> Inspect() const override;

 private:
  explicit SqliteStore(std::unique_ptr<Connection> connection);
  std::vector<TrajectoryRow> ReadRows(const RowRange& range) const;

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<const TrajectoryReader> trajectories_;
  std::string location_;
};

/// The JSON value of a column whose checksum has been checked. Throws DamagedRow when it is none.
Json ParseColumn(const std::string& text);

}  // namespace tesuji::storage
