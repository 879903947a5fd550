// The most convincing wrong neighbour of a right program: for preferences between answers.
// Thread-safety: free functions.
#pragma once

#include <optional>
#include <vector>

#include "env/program/tasks/task.h"

namespace tesuji::env::program {

struct NearMissProgram {
  Program program;
  int right = 0;  ///< Examples that it still answers: fewer than all.
};

/// Every program that differs from `program` in one production, in order of place and production.
std::vector<Program> Neighbours(const Program& program);

/// Of all programs that differ from `program` in one production, the one that answers the most
/// examples but not all; the first such in order of place and production. None when every
/// neighbour answers all of them.
std::optional<NearMissProgram> FindNearMiss(const Program& program,
                                            const std::vector<Example>& examples);

}  // namespace tesuji::env::program
