// What a policy sees of a task: properties of its examples, each a share of the examples that have
// it (property signatures, Odena and Sutton 2020).
// Thread-safety: free functions.
#pragma once

#include <vector>

#include "env/program/tasks/task.h"

namespace tesuji::env::program {

/// Numbers in [0, 1]; always kFeatures of them, in a fixed order.
std::vector<float> TaskFeatures(const ProgramTask& task);
int FeatureCount();

}  // namespace tesuji::env::program
