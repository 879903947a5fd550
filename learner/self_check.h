// Holds what inference computes against what training computes from the same weights.
// Thread-safety: free functions.
#pragma once

#include <span>
#include <string_view>

#include "api/environment.h"
#include "core/result.h"

namespace tesuji::learner {

/// Runs `rows` observations (planes x height x width each) through the folded network and through
/// the unfolded one with its running statistics. Returns the largest difference among all outputs,
/// in units of the larger of 1 and the output's size; rounding alone gives about 1e-6.
Result<double> FoldingError(std::string_view weights, const env::Spec& spec,
                            std::span<const float> observations, int rows);

/// Makes `steps` of both optimisers on random gradients, ours and LibTorch's, and returns the
/// largest difference between any two weights; rounding alone gives less than 1e-6.
double OptimizerError(int steps);

}  // namespace tesuji::learner
