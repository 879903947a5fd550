// `tesuji discover`: a campaign of flip walks (flip_producer.h) described by options instead of a
// file. Its store is that of any campaign.
// Thread-safety: one call at a time; oneTBB threads inside.
#pragma once

#include <atomic>
#include <filesystem>

#include "core/result.h"
#include "env/matmul/discover.h"
#include "env/matmul/flip_producer.h"

namespace tesuji::env::matmul {

struct DiscoveryOptions {
  DiscoverOptions search;
  double minutes = 0;           ///< Stop after so long; 0: no limit.
  std::filesystem::path store;  ///< Created, or gone on with.
};

struct DiscoveryOutcome : FlipOutcome {
  double seconds = 0;  ///< Of this run.
  bool interrupted = false;
};

/// A failure: options that make no sense, a store of something else. Throws MachineError when the
/// disk fails; what was stored stays.
Result<DiscoveryOutcome> Discover(const DiscoveryOptions& options, const std::atomic<bool>& stop);

}  // namespace tesuji::env::matmul
