// A campaign's memory: trajectories, checkpoints, metrics, evaluations and unfinished episodes in
// one SQLite file (WAL). Trajectories are append-only; every write is a transaction, so that a
// killed process leaves whole records or none.
//
// Bytes on disk: storage/FORMAT.md. Failures: opening something that is not a good store gives a
// Result with one clear line; a disk that fails during work throws MachineError, and nothing that
// was committed is lost.
// Thread-safety: all methods may be called from any thread (one connection, one mutex); use
// storage/writer.h to keep slow commits off the search threads. One process writes at a time (a
// lock beside the file; released by the kernel when the process dies); any number may read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/trajectory.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji::storage {

/// Rows of `trajectories` are numbered from 1 in order of arrival.
using TrajectoryId = std::int64_t;

/// A trajectory that passed its checks is kVerified; one that failed is kept as kRejected with its
/// evidence (it is data too, but never a training target).
enum class TrajectoryStatus : std::uint8_t { kVerified, kRejected };

struct StoredTrajectory {
  TrajectoryId id = 0;
  std::string hash;  ///< Content hash, 64 hex digits; no times in it.
  TrajectoryStatus status = TrajectoryStatus::kVerified;
  std::string split;  ///< "train" or "heldout".
  env::Trajectory trajectory;
};

struct CheckpointInfo {
  std::int64_t id = 0;        ///< Generation: 0 is the untrained network.
  std::string hash;           ///< SHA-256 of the weight bytes.
  std::int64_t episodes = 0;  ///< Episodes in the store when it was made.
  std::int64_t training_steps = 0;
  std::int64_t created_unix_ms = 0;
  Json info = Json::object();  ///< Network configuration, losses.
};

/// A checkpoint's bytes. `learner_state` (optimiser, averages, counters) lets training go on
/// exactly; it is kept for the newest checkpoint only.
struct CheckpointBlobs {
  std::string weights;
  std::string learner_state;
};

/// One figure of one checkpoint: ("bits_per_action", 3.21).
struct Metric {
  std::int64_t checkpoint = 0;
  std::string name;
  double value = 0;
};

/// The result of one match, from `player`'s view. Players are "checkpoint:12", "gnugo-1", ….
struct MatchResult {
  std::string player;
  std::string opponent;
  std::int64_t wins = 0;
  std::int64_t draws = 0;
  std::int64_t losses = 0;
  Json settings = Json::object();  ///< Visits, openings, time; whatever decides the figure.
};

struct Counts {
  std::int64_t episodes = 0;  ///< verified + rejected
  std::int64_t verified = 0;
  std::int64_t rejected = 0;
  std::int64_t dropped = 0;  ///< Started but not stored: lost in flight or no verdict.
  std::int64_t heldout = 0;
  std::int64_t actions = 0;
};

/// A trajectory without its bytes: cheap to list, nothing is decoded.
struct TrajectorySummary {
  TrajectoryId id = 0;
  std::string hash;
  std::uint64_t campaign_seed = 0;
  std::uint64_t episode = 0;
  std::string environment;  ///< Id of the environment.
  int environment_version = 0;
  std::string task;  ///< Id of the task.
  TrajectoryStatus status = TrajectoryStatus::kVerified;
  std::string split;
  std::int64_t steps = 0;
  std::int64_t targets = 0;  ///< Steps with is_target.
  float value = 0;           ///< First player's view.
  float score = 0;
  std::string termination;
  std::string first_checkpoint;  ///< Hash of the network it began with; "" when it names none.
  std::string last_checkpoint;   ///< Of the newest network it used.
  env::Timing timing;
  std::int64_t created_unix_ms = 0;  ///< When it was stored.
  std::int64_t stored_bytes = 0;     ///< Compressed.
};

/// How many stored episodes began with one network.
struct CheckpointEpisodes {
  std::string hash;
  std::int64_t verified = 0;
  std::int64_t rejected = 0;
};

/// An episode in flight when the campaign was asked to stop.
struct UnfinishedEpisode {
  std::uint64_t episode = 0;
  std::string bytes;  ///< search/episode.h's own serialisation.
};

enum class OpenMode : std::uint8_t {
  kCreateOrOpen,  ///< Takes the writer's lock.
  kReadWrite,     ///< Must exist; takes the writer's lock.
  kReadOnly,      ///< Must exist; never writes, works beside a running campaign.
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& path, OpenMode mode);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::filesystem::path& path() const;

  // --- campaign facts -----------------------------------------------------------------------
  /// Small named JSON values: "campaign" (the whole configuration), "next_episode", ….
  void PutFact(const std::string& name, const Json& value);
  std::optional<Json> GetFact(const std::string& name) const;

  // --- trajectories -------------------------------------------------------------------------
  struct Append {
    env::Trajectory trajectory;
    TrajectoryStatus status = TrajectoryStatus::kVerified;
    std::string split = "train";
  };
  /// Appends all in one transaction, in order, and removes them from the unfinished. An episode
  /// number that is already stored is skipped (each is stored once). Returns the new ids
  /// (0 for a skipped one).
  std::vector<TrajectoryId> AppendTrajectories(const std::vector<Append>& batch);
  /// Calls `visit` for rows with id >= first, ascending, until it returns false; rows appended
  /// after the call began are left for the next. A row that is damaged or gone is handed to
  /// `broken` (id, reason; may be empty) and passed over. Streamed: about 1 MiB and one row are
  /// held, and no lock while a callback runs, which may use the store.
  void ForEachTrajectory(TrajectoryId first,
                         const std::function<bool(const StoredTrajectory&)>& visit,
                         const std::function<void(TrajectoryId, const std::string&)>& broken) const;
  Result<StoredTrajectory> GetTrajectory(TrajectoryId id) const;
  /// As ForEachTrajectory(), without reading or decoding the bytes.
  void ForEachSummary(TrajectoryId first,
                      const std::function<bool(const TrajectorySummary&)>& visit,
                      const std::function<void(TrajectoryId, const std::string&)>& broken) const;
  TrajectoryId LatestTrajectoryId() const;  ///< 0 when there are none.
  /// By the checkpoint an episode began with, in order of that hash.
  std::vector<CheckpointEpisodes> EpisodesPerCheckpoint() const;
  Counts counts() const;
  void AddDropped(std::int64_t episodes);

  // --- unfinished episodes ------------------------------------------------------------------
  /// Replaces the whole set.
  void PutUnfinished(const std::vector<UnfinishedEpisode>& episodes);
  std::vector<UnfinishedEpisode> GetUnfinished() const;

  // --- checkpoints, metrics, matches --------------------------------------------------------
  /// Atomic: the checkpoint with its blobs and metrics is there whole or not at all. Drops the
  /// learner state of older ones. REQUIRES: a new id.
  void PutCheckpoint(const CheckpointInfo& info, const CheckpointBlobs& blobs,
                     const std::vector<Metric>& metrics);
  std::vector<CheckpointInfo> ListCheckpoints() const;
  /// The weights are checked against the hash; a mismatch is a Failure.
  Result<CheckpointBlobs> GetCheckpoint(std::int64_t id) const;
  void PutMetrics(const std::vector<Metric>& metrics);  ///< Replaces equal (checkpoint, name).
  std::vector<Metric> GetMetrics() const;
  void AddMatch(const MatchResult& match);
  std::vector<MatchResult> GetMatches() const;

  /// Reads everything: SQLite's own integrity check, every checksum and hash, every trajectory
  /// decoded, the counters against the rows. Fails with the first problem found. Slow (about a
  /// second per 10,000 games); writers of this process wait for a part of it.
  Status CheckIntegrity() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::storage
