// Two runs that talk to each other through pipes: a candidate in the container for programs, and
// what asks and checks it in the container for tools.
// Thread-safety: as the workplace.
#pragma once

#include <optional>
#include <utility>

#include "verifier/compile/workplace.h"
#include "verifier/sandbox/run.h"
#include "verifier/sandbox/unique_fd.h"

namespace tesuji::verifier {

struct Speaker {
  RunSpec* spec;     ///< Refers to the two ends. hold_standard_io is set here.
  UniqueFd* reads;   ///< Its end of the pipe to it.
  UniqueFd* writes;  ///< Its end of the pipe from it.
};

/// Runs both at once and returns (candidate, examiner); either may be broken. When one ends, the
/// other sees the end of its pipes only after that end was recorded: so it cannot react to an end
/// that we have not seen yet. When one closes its output and goes on, the other sees the end of
/// file within some milliseconds. After an examiner that ended with `accepted`, what the candidate
/// still writes is read and dropped: it does not die of it.
std::pair<RunResult, RunResult> Converse(Workplace& workplace, const Speaker& candidate,
                                         const Speaker& examiner,
                                         std::optional<int> accepted = std::nullopt);

}  // namespace tesuji::verifier
