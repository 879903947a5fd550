// A GTP engine as the referee of a match: it names the dead stones, we count the rest.
// Thread-safety: as arena::Referee, one thread at a time; the call blocks until the engine answers.
#pragma once

#include <memory>
#include <string>

#include "arena/match.h"
#include "env/go/gtp/client.h"

namespace tesuji::gtp {

/// Removes what the engine calls dead (final_status_list) before counting the area. The process
/// starts with the first game; an answer that cannot be understood is a Failure of this game only.
std::unique_ptr<arena::Referee> MakeEngineReferee(std::string command,
                                                  const EngineProcessOptions& options = {});

}  // namespace tesuji::gtp
