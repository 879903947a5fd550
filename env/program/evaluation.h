// How well a checkpoint guides program search: tasks solved, bits, candidates.
// Thread-safety: free functions.
#pragma once

#include <functional>
#include <vector>

#include "env/program/guide/program_guide.h"
#include "env/program/tasks/task.h"
#include "env/program/worker.h"
#include "storage/store.h"

namespace tesuji::env::program {

/// The evaluation file, or a fixed set of dreams that depends on the seed alone.
Result<std::vector<env::program::ProgramTask>> EvaluationTasks(const ProgramsSection& programs,
                                                               int dream_nodes, std::uint64_t seed);

/// Searches every task with so many candidates; solved means right on all unseen examples.
/// Metrics: tasks, tasks_solved, tasks_wrong, bits_per_program (of the solved ones),
/// candidates_per_solution (median).
std::vector<storage::Metric> EvaluatePrograms(const std::vector<env::program::ProgramTask>& tasks,
                                              std::int64_t checkpoint, ProgramGuide* guide,
                                              const ProgramsSection& programs,
                                              const std::function<bool()>& stop);

}  // namespace tesuji::env::program
