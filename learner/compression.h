// How well a policy compresses games it never saw: the project's measure of what has been learned.
// Thread-safety: free functions; the evaluator belongs to the caller's thread.
#pragma once

#include <cstdint>
#include <span>

#include "api/environment.h"
#include "api/trajectory.h"
#include "search/evaluator.h"

namespace tesuji::learner {

/// Means over all target steps of the given trajectories.
struct CompressionFigure {
  double bits_per_action = 0;          ///< -log2 policy(action played).
  double uniform_bits_per_action = 0;  ///< log2(number of legal actions).
  double target_bits_per_action = 0;   ///< Cross-entropy of the policy to the search targets.
  double value_mse = 0;                ///< Squared error of the value against the outcome.
  std::int64_t rows = 0;
};

/// REQUIRES: the trajectories replay in `environment`.
CompressionFigure MeasureCompression(const env::Environment& environment,
                                     std::span<const env::Trajectory> trajectories,
                                     search::Evaluator* evaluator);

}  // namespace tesuji::learner
