// The alternatives to enumeration, on the same environment with the same guide: Monte-Carlo tree
// search with max backup, whose leaves are valued by one program drawn from the guide, and Levin
// tree search. Both build programs from the top, production by production.
// Thread-safety: free function.
#pragma once

#include "env/program/task.h"
#include "search/programs/enumerate.h"
#include "search/programs/weights.h"

namespace tesuji::experiments {

enum class ProgramSearch : std::uint8_t { kEnumerate, kMcts, kLevin };

/// Like Enumerate(), for one solution; of `options` it reads candidates, time, memory_bytes, accept
/// and stop. A candidate is a finished program (MCTS) or an expanded state (Levin). REQUIRES: a
/// limit of candidates or time.
search::programs::EnumerationResult SearchTree(ProgramSearch method,
                                               const env::program::ProgramTask& task,
                                               const search::programs::PlaceWeights& weights,
                                               const search::programs::EnumerationOptions& options);

}  // namespace tesuji::experiments
