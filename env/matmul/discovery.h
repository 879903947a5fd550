// A discovery campaign: looks for matrix multiplication schemes of low rank and keeps each
// improvement in a store as a trajectory that can be walked again (env/matmul/trajectories.h).
// Thread-safety: one call at a time; oneTBB threads inside.
#pragma once

#include <atomic>
#include <filesystem>

#include "core/result.h"
#include "env/matmul/discover.h"

namespace tesuji::env::matmul {

struct DiscoveryOptions {
  env::matmul::DiscoverOptions search;
  double minutes = 0;           ///< Stop after so long; 0: no limit.
  std::filesystem::path store;  ///< Created, or gone on with: its best schemes are the start.
};

struct DiscoveryOutcome {
  int rank = 0;  ///< Best of all, stored ones included.
  std::vector<env::matmul::Scheme> best;
  std::int64_t flips = 0;      ///< Of this run.
  double seconds = 0;          ///< Of this run.
  double seconds_to_best = 0;  ///< Until its last improvement was found.
  int stored = 0;              ///< Improvements of this run.
  bool interrupted = false;
  bool reached_target = false;
};

/// A failure: options that make no sense, a store of something else. Throws MachineError when the
/// disk fails; what was stored stays.
Result<DiscoveryOutcome> Discover(const DiscoveryOptions& options, const std::atomic<bool>& stop);

}  // namespace tesuji::env::matmul
