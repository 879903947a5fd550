// Re-verifies stored trajectories, trusting nothing but the rules: decodes each row, recomputes its
// content hash, replays it and compares everything that the rules decide.
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

struct VerifyReport {
  std::int64_t checked = 0;
  std::vector<VerifyFailure> failures;  ///< At most one a trajectory.
};

/// `sample`: check about so many rows, spread evenly; 0: all. Also loads every checkpoint's bytes
/// against its hash (reported as trajectory 0). `progress` gets the number checked.
VerifyReport VerifyStore(const storage::Store& store, const env::Registry& registry,
                         std::int64_t sample, const std::function<void(std::int64_t)>& progress);

}  // namespace tesuji::campaign
