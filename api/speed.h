// How long the calls take that search makes to an environment: for `tesuji check-env`.
// Thread-safety: a free function; measures the calling thread's core.
#pragma once

#include <chrono>
#include <cstdint>

#include "api/environment.h"

namespace tesuji::env {

struct EnvironmentSpeed {
  double steps_per_second = 0;  ///< Legal actions, encoding, clone, apply: a step of a search.
  double legal_ns = 0;          ///< One LegalActions() or ChanceOutcomes().
  double encode_ns = 0;
  double clone_ns = 0;
  double apply_ns = 0;
  double fingerprint_ns = 0;
  double steps_per_episode = 0;  ///< Of random play.
};

/// Plays random episodes for about `duration`. REQUIRES: the environment keeps the contract.
EnvironmentSpeed MeasureEnvironment(const Environment& environment, std::uint64_t seed,
                                    std::chrono::duration<double> duration);

}  // namespace tesuji::env
