// Tasks without people: a program is drawn from a grammar, run on random inputs, and its results
// become the examples of a task whose solution is known ("dreams", Ellis et al. 2021).
// Deterministic in the stream. Thread-safety: free functions.
#pragma once

#include "core/random.h"
#include "env/program/language/derivation.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program {

struct DreamOptions {
  int max_nodes = 14;  ///< Of the program that is drawn; it may become smaller.
  int seen = 8;
  int unseen = 8;
  /// Share of tasks that are not list -> list: up to two lists and two numbers go in, a list or a
  /// number comes out.
  double other_signatures = 0;
};

struct Dream {
  ProgramTask task;
  Program program;  ///< Answers every example; uses the task's own constants.
};

/// Draws until a program makes a task worth having: it answers every input, its results are small,
/// they are not simply the input, and no part of the program is idle (shrink.h). Small programs are
/// thinned out.
Dream DreamTask(const DreamOptions& options, RandomStream* random);

/// A random input list as tasks have them: up to ten numbers, 0 to 9 or 0 to 99.
std::vector<std::int32_t> RandomList(RandomStream* random);

}  // namespace tesuji::env::program
