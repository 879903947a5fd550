// Replays a stored trajectory through its environment's rules and recomputes everything that the
// rules decide: legality of each step, outcome, targets, artifact, fingerprint.
// Independent of how the trajectory was made: sees no search, no network, no store.
// Thread-safety: a free function on const data.
#pragma once

#include <string>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"

namespace tesuji::verifier {

/// What is wrong with `trajectory`, one line each, at most `limit`; empty when all of it holds.
/// Judged episodes are checked up to the judge's verdict, which is the judge's to repeat.
std::vector<std::string> ReplayTrajectory(const env::Environment& environment,
                                          const env::Trajectory& trajectory, std::size_t limit = 8);

}  // namespace tesuji::verifier
