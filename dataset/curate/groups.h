// Split groups that hang together: tasks whose verified answers do the same are one group, so that
// no function is learned in one split and asked for in another under a second name.
// Thread-safety: a free function.
#pragma once

#include <vector>

#include "dataset/curate/decider.h"

namespace tesuji::dataset {

/// Sets the group of every lone agent's row to the smallest key of all tasks that are joined with
/// its own. REQUIRES: groups are tasks.
void JoinTasksThatBehaveAlike(double success_value, std::vector<Candidate>* rows);

}  // namespace tesuji::dataset
