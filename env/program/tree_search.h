// The alternatives to enumeration, on the same environment with the same guide: Monte-Carlo tree
// search with max backup, whose leaves are valued by one program drawn from the guide, and Levin
// tree search. Both build programs from the top, production by production.
// Thread-safety: free function.
#pragma once

#include "env/program/enumerate/enumerate.h"
#include "env/program/enumerate/weights.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program {

enum class ProgramSearch : std::uint8_t { kEnumerate, kMcts, kLevin };

/// Like Enumerate(), for one solution; of `options` it reads candidates, time, memory_bytes, accept
/// and stop. A candidate is a finished program (MCTS) or an expanded state (Levin). REQUIRES: a
/// limit of candidates or time.
enumerate::EnumerationResult SearchTree(ProgramSearch method, const ProgramTask& task,
                                        const enumerate::PlaceWeights& weights,
                                        const enumerate::EnumerationOptions& options);

}  // namespace tesuji::env::program
