// How well a checkpoint guides program search: tasks solved, bits, candidates.
// Thread-safety: free functions.
#pragma once

#include <functional>
#include <vector>

#include "api/producer.h"
#include "env/program/guide/program_guide.h"
#include "env/program/settings.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program {

/// The evaluation file, or a fixed set of dreams that depends on the seed alone.
Result<std::vector<ProgramTask>> EvaluationTasks(const ProgramsSection& programs, int dream_nodes,
                                                 std::uint64_t seed);

/// Searches every task with so many candidates; solved means right on all unseen examples.
/// Figures: tasks, tasks_solved, tasks_wrong, bits_per_program (of the solved ones),
/// candidates_per_solution (median). Empty when `stop` interrupted it.
std::vector<Figure> EvaluatePrograms(const std::vector<ProgramTask>& tasks, ProgramGuide* guide,
                                     const ProgramsSection& programs,
                                     const std::function<bool()>& stop);

/// Whether `program` answers all examples of `task`, seen and unseen.
bool Answers(Runner* runner, const Program& program, const ProgramTask& task);

}  // namespace tesuji::env::program
