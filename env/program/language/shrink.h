// Makes a program smaller without changing what it answers, as property-based testing shrinks
// counterexamples: a part gives way to a leaf, to a part of itself, or to a production with fewer
// arguments. What is left has no part that does nothing, and operands in one order.
// Thread-safety: free function.
#pragma once

#include <vector>

#include "env/program/tasks/task.h"

namespace tesuji::env::program {

/// `program` answers all `examples`, before and after.
void Shrink(const std::vector<Example>& examples, Runner* runner, Program* program);

}  // namespace tesuji::env::program
