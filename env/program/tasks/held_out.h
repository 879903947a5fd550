// Held-out tasks against which datasets of programs are decontaminated.
//
// A program is contaminated when it answers every example of a held-out task, whatever task it was
// found for; a task is, when half of its examples or more are examples of one held-out task. Orders
// and names of arguments do not matter.
// Thread-safety: immutable once made.
#pragma once

#include <memory>
#include <vector>

#include "api/dataset_hooks.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program {

/// Entries that are no tasks (task.h) are left out.
std::unique_ptr<HeldOutTasks> MakeHeldOut(const std::vector<HeldOutEntry>& entries);

}  // namespace tesuji::env::program
