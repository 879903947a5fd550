// A campaign's memory: trajectories, checkpoints, metrics, evaluations and unfinished episodes.
// This is the interface; storage/sqlite/ keeps all of it in one file.
//
// Invariants: trajectories are append-only and numbered without gaps. Every write is a transaction:
// a killed process leaves whole records or none, and what was committed is never lost. Each row has
// a checksum, so that damage is told and never read as data.
// Failures: Open() gives a Failure for a name that is no store that can be used so, and throws
// DamagedError for a store whose bytes were altered. Reads throw DamagedError as well. A disk or a
// server that fails throws MachineError.
// Thread-safety: all methods may be called from any thread; use storage/writer.h to keep slow
// commits off the search threads. One process writes at a time, any number may read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/trajectory.h"
#include "core/json.h"
#include "core/result.h"
#include "storage/records.h"

namespace tesuji::storage {

enum class OpenMode : std::uint8_t {
  kCreateOrOpen,  ///< Takes the writer's lock.
  kReadWrite,     ///< Must exist; takes the writer's lock.
  kReadOnly,      ///< Must exist; never writes, works beside a running campaign.
  kInspect,       ///< As kReadOnly, and opens a damaged store as far as it can be read.
};

class Store {
 public:
  /// `location`: the path of a file (storage/sqlite/).
  static Result<std::unique_ptr<Store>> Open(const std::string& location, OpenMode mode);
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// As a message names the store.
  virtual const std::string& location() const = 0;

  // --- campaign facts -----------------------------------------------------------------------
  /// Small named JSON values: "campaign" (the whole configuration), "next_episode", ….
  virtual void PutFact(const std::string& name, const Json& value) = 0;
  virtual std::optional<Json> GetFact(const std::string& name) const = 0;

  // --- trajectories -------------------------------------------------------------------------
  struct Append {
    env::Trajectory trajectory;
    TrajectoryStatus status = TrajectoryStatus::kVerified;
    std::string split = "train";
  };
  /// Calls with (id, reason) for a row that is damaged or gone. May be empty.
  using Broken = std::function<void(TrajectoryId, const std::string&)>;

  /// Appends all in one transaction, in order, and removes them from the unfinished. An episode
  /// number that is already stored is skipped (each is stored once). Returns the new ids
  /// (0 for a skipped one).
  virtual std::vector<TrajectoryId> AppendTrajectories(const std::vector<Append>& batch) = 0;
  /// Calls `visit` for rows with id >= first, ascending, until it returns false; rows appended
  /// after the call began are left for the next. A row that is damaged or gone is handed to
  /// `broken` and passed over. Streamed: about 1 MiB and one row are held, and no lock while a
  /// callback runs, which may use the store.
  virtual void ForEachTrajectory(TrajectoryId first,
                                 const std::function<bool(const StoredTrajectory&)>& visit,
                                 const Broken& broken) const = 0;
  virtual Result<StoredTrajectory> GetTrajectory(TrajectoryId id) const = 0;
  /// As ForEachTrajectory(), without reading or decoding the bytes.
  virtual void ForEachSummary(TrajectoryId first,
                              const std::function<bool(const TrajectorySummary&)>& visit,
                              const Broken& broken) const = 0;
  virtual TrajectoryId LatestTrajectoryId() const = 0;  ///< 0 when there are none.
  /// By the checkpoint an episode began with, in order of that hash.
  virtual std::vector<CheckpointEpisodes> EpisodesPerCheckpoint() const = 0;
  virtual Counts counts() const = 0;
  /// What the stored episodes were made with, in order of arrival.
  virtual std::vector<StoredEnvironment> Environments() const = 0;
  virtual void AddDropped(std::int64_t episodes) = 0;

  // --- unfinished episodes ------------------------------------------------------------------
  /// Replaces the whole set.
  virtual void PutUnfinished(const std::vector<UnfinishedEpisode>& episodes) = 0;
  virtual std::vector<UnfinishedEpisode> GetUnfinished() const = 0;

  // --- checkpoints, metrics, matches --------------------------------------------------------
  /// Atomic: the checkpoint with its blobs and metrics is there whole or not at all. Drops the
  /// learner state of older ones. REQUIRES: a new id.
  virtual void PutCheckpoint(const CheckpointInfo& info, const CheckpointBlobs& blobs,
                             const std::vector<Metric>& metrics) = 0;
  virtual std::vector<CheckpointInfo> ListCheckpoints() const = 0;
  /// The weights are checked against the hash; a mismatch is a Failure.
  virtual Result<CheckpointBlobs> GetCheckpoint(std::int64_t id) const = 0;
  /// Replaces equal (checkpoint, name).
  virtual void PutMetrics(const std::vector<Metric>& metrics) = 0;
  virtual std::vector<Metric> GetMetrics() const = 0;
  virtual void AddMatch(const MatchResult& match) = 0;
  virtual std::vector<MatchResult> GetMatches() const = 0;

  /// One report a table: the database's own integrity check, every checksum, blobs against their
  /// hashes, rows against their counts and against each other. Not the rows of trajectories, which
  /// ForEachTrajectory() checks. Works on damaged stores. Writers of this process wait for a part.
  virtual std::vector<TableReport> Inspect() const = 0;

 protected:
  Store() = default;
};

}  // namespace tesuji::storage
