// Re-verifies a store, trusting nothing but the rules: every table against its checksums and
// counts, every trajectory decoded, its content hash recomputed, replayed, and compared with
// everything that the rules decide.
// Failures: what is wrong is in the report; a damaged store is read as far as it can be.
// Thread-safety: one call at a time a store handle.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/registry.h"
#include "storage/store.h"

namespace tesuji::campaign {

struct VerifyFailure {
  storage::TrajectoryId trajectory = 0;
  std::string reason;
};

/// Episodes that could not be replayed here, through no fault of theirs.
struct NotReplayed {
  std::string environment;
  int version = 0;        ///< That they were made with.
  int known_version = 0;  ///< Of this program; 0: it does not know the environment.
  std::int64_t episodes = 0;
};

struct VerifyReport {
  std::int64_t checked = 0;
  std::vector<VerifyFailure> failures;  ///< At most one a trajectory.
  std::vector<NotReplayed> not_replayed;
  std::vector<storage::TableReport> tables;  ///< Every table, with or without problems.

  /// Problems of tables other than those of single trajectories.
  std::int64_t table_problems() const;
  bool clean() const { return failures.empty() && not_replayed.empty() && table_problems() == 0; }
};

/// `store`: best opened with OpenMode::kInspect. `sample`: replay about so many rows, spread
/// evenly; 0: all. `progress` gets the number checked.
VerifyReport VerifyStore(const storage::Store& store, const env::Registry& registry,
                         std::int64_t sample, const std::function<void(std::int64_t)>& progress);

}  // namespace tesuji::campaign
