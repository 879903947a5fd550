// What a store holds, as values: trajectories, checkpoints, metrics, matches, unfinished episodes.
// Plain structs without invariants of their own; storage/store.h says how they are kept.
//
// Units: times are milliseconds since 1970-01-01 UTC; values and scores are from the first player's
// view; hashes are lower-case hexadecimal SHA-256.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/trajectory.h"
#include "core/json.h"

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

/// What the bytes of an unfinished episode are.
enum class UnfinishedKind : std::uint8_t {
  kPlaying,  ///< What its producer needs to go on.
  kUnjudged  ///< It is played; what its judge needs to score it.
};

/// An episode that was begun and not stored when the campaign was asked to stop.
struct UnfinishedEpisode {
  std::uint64_t episode = 0;
  std::string bytes;  ///< Opaque here.
  UnfinishedKind kind = UnfinishedKind::kPlaying;
};

/// An environment that stored episodes were made with.
struct StoredEnvironment {
  std::string id;
  int version = 0;
  Json parameters = Json::object();
  std::int64_t episodes = 0;  ///< Rejected ones included.
};

/// What was found in one table by Store::Inspect().
struct TableReport {
  struct Problem {
    std::string row;  ///< The values of its key; empty: the table as a whole.
    std::string reason;
  };
  std::string table;
  std::int64_t expected = 0;  ///< Rows that were written; -1 when that count is damaged.
  std::int64_t readable = 0;  ///< Rows that agree with their checksums.
  std::vector<Problem> problems;
};

}  // namespace tesuji::storage
