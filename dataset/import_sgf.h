// Records of Go into a store: human or engine games become trajectories like any other, each
// verified by replay before it is kept.
//
// A game is kept when every move is legal under the rules asked for, colours alternate, it ends by
// two passes, and the record's result is the score that the rules give. Passes that a record leaves
// out at its end are added when the score then agrees. Everything else is rejected with a reason:
// games that were resigned or lost on time have no final position that could prove their result.
// Each move becomes a target of its own (probability 1), with no visits.
// Thread-safety: one caller.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "core/json.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::dataset {

struct ImportOptions {
  std::vector<std::string> paths;  ///< .sgf and .sgfs files, or folders of them.
  std::string store;               ///< Made when it is not there.
  /// Parameters of environment "go"; the size comes from each record.
  Json parameters = Json::object();
  std::string split = "train";
};

struct RejectedGame {
  std::string file;
  std::int64_t game = 0;  ///< From 1; 0: the whole file.
  std::string reason;     ///< "illegal", "score", "resigned", …
  std::string detail;
};

struct ImportReport {
  std::int64_t files = 0;
  std::int64_t games = 0;
  std::int64_t imported = 0;
  std::int64_t already_there = 0;
  std::vector<RejectedGame> rejected;
};

/// "" or what is wrong.
using VerifyTrajectory =
    std::function<std::string(const env::Environment&, const env::Trajectory&)>;

/// Fails on unreadable paths or parameters that make no sense; bad games are in the report.
Result<ImportReport> ImportSgf(
    const ImportOptions& options, const VerifyTrajectory& verify,
    const std::function<void(std::int64_t files, std::int64_t of)>& progress,
    const std::atomic<bool>& stop);

}  // namespace tesuji::dataset
