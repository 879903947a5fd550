// The record of one episode: its actions, what search found, how it ended, and what made it.
// A plain value without locks; storage/codec.h gives it bytes, api/replay.h decides if it is sound.
//
// Everything except `Timing` is part of the content hash: two runs of the same seed give equal
// trajectories.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/environment.h"
#include "core/json.h"
#include "core/key128.h"

namespace tesuji::env {

/// One entry of a search policy target.
struct PolicyEntry {
  Action action = 0;
  float probability = 0;
  friend bool operator==(const PolicyEntry&, const PolicyEntry&) = default;
};

/// One action of an episode and what the search that chose it had found.
struct Step {
  Action action = 0;
  /// Index into Provenance::checkpoints: the network that chose this action.
  std::uint16_t checkpoint = 0;
  /// True when the search was a full one whose policy is a training target. Cheap searches
  /// (playout cap randomisation) and chance or forced steps are played but not taught.
  bool is_target = false;
  std::uint32_t visits = 0;         ///< Simulations of this search, reused ones included.
  float root_value = 0;             ///< Search value in [-1, 1], first player's view.
  float surprise = 0;               ///< KL(target || prior) in nats; 0 when !is_target.
  float weight = 1;                 ///< Sample weight, >= 0.
  std::vector<PolicyEntry> policy;  ///< Sums to 1, actions ascend; empty when !is_target.
  friend bool operator==(const Step&, const Step&) = default;
};

/// How it ended, all from the first player's view.
struct Outcome {
  float value = 0;                     ///< In [-1, 1].
  float score = 0;                     ///< 0 when the environment has none.
  std::vector<std::int8_t> ownership;  ///< Empty when the environment has none.
  std::string termination;             ///< "two-passes", "move-limit", "judged:AC".
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// What made a trajectory: enough to repeat or to distrust it.
struct Provenance {
  std::string environment_id;
  int environment_version = 0;
  Json environment_parameters = Json::object();
  std::string software_version;
  std::uint64_t campaign_seed = 0;
  std::uint64_t episode = 0;             ///< Number within the campaign; with the seed, unique.
  std::vector<std::string> checkpoints;  ///< Hashes, in order of first use; "uniform" for none.
  Json search_settings = Json::object();
  Json judge = Json::object();  ///< Judge and sandbox version; empty for rules.
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// Measured, hence not part of the content hash.
struct Timing {
  std::int64_t started_unix_ms = 0;
  std::int64_t wall_ms = 0;
  std::int64_t evaluations = 0;  ///< Network evaluations spent, cache hits not counted.
};

struct Trajectory {
  Provenance provenance;
  Task task;
  std::vector<Step> steps;
  Outcome outcome;
  std::string artifact;
  Key128 final_fingerprint;
  Json evidence = Json::object();  ///< The judge's, for judged episodes.
  Timing timing;
};

}  // namespace tesuji::env
