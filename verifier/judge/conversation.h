// Two runs that talk to each other through pipes: a candidate in the container for programs, and
// what asks and checks it in the container for tools.
// Thread-safety: as the workplace.
#pragma once

#include <utility>
#include <vector>

#include "verifier/compile/workplace.h"
#include "verifier/sandbox/run.h"
#include "verifier/sandbox/unique_fd.h"

namespace tesuji::verifier {

struct Speaker {
  RunSpec* spec;                ///< Refers to `ends`. hold_standard_io is set here.
  std::vector<UniqueFd*> ends;  ///< Its ends of the pipes.
};

/// Runs both at once and returns (candidate, examiner); either may be broken. Each one's ends close
/// when its run is over and its time is recorded, not before: so the other cannot react to an end
/// that we have not seen yet. `sanitized`: the containers change places, because sanitizers want a
/// procfs, which containers for programs hide.
std::pair<RunResult, RunResult> Converse(Workplace& workplace, bool sanitized,
                                         const Speaker& candidate, const Speaker& examiner);

}  // namespace tesuji::verifier
