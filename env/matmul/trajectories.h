// Discoveries as trajectories, so that the store keeps, verifies and exports them like episodes.
// The trajectory has no steps: its task carries the start and the walk (matmul_environment.h), so
// that a replay walks again and compares scheme, rank and fingerprint.
// Thread-safety: free functions.
#pragma once

#include <cstdint>

#include "api/trajectory.h"
#include "core/result.h"
#include "env/matmul/discover.h"
#include "env/matmul/matmul_environment.h"

namespace tesuji::env::matmul {

/// `episode` is the record's number within the campaign. The environment must be of the
/// discovery's format and ring. Whether walking again leads to the discovery is a replay's to say
/// (api/replay.h), as of every episode.
Result<Trajectory> ToTrajectory(const MatmulEnvironment& environment, const Discovery& discovery,
                                std::uint64_t campaign_seed, std::uint64_t episode);

}  // namespace tesuji::env::matmul
