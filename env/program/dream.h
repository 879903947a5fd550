// Tasks without people: a program is drawn from a grammar, run on random inputs, and its results
// become the examples of a task whose solution is known ("dreams", Ellis et al. 2021).
// Deterministic in the stream. Thread-safety: free functions.
#pragma once

#include <optional>
#include <span>

#include "core/random.h"
#include "env/program/derivation.h"
#include "env/program/task.h"

namespace tesuji::env::program {

struct DreamOptions {
  int max_nodes = 14;
  int seen = 8;
  int unseen = 8;
};

struct Dream {
  ProgramTask task;
  Program program;  ///< Answers every example; uses the task's own constants.
};

/// Draws until a program makes a task worth having: it answers every input, its results are small,
/// and they are not simply the input. `weights` as for SampleProgram().
Dream DreamTask(std::span<const float> weights, const DreamOptions& options, RandomStream* random);

/// A random input list as tasks have them: up to ten numbers, 0 to 9 or 0 to 99.
std::vector<std::int32_t> RandomList(RandomStream* random);

}  // namespace tesuji::env::program
