// The thread that calls a judge for a JudgeQueue.
// Thread-safety: a free function; the desk says for itself.
#pragma once

#include <memory>

#include "campaign/judge_desk.h"

namespace tesuji::campaign {

/// Makes judges and serves them until the desk closes or leaves this generation behind. Takes the
/// desk's mutex, never during a call of the judge. Throws nothing.
void ServeJudge(std::shared_ptr<JudgeDesk> desk, std::uint64_t generation);

}  // namespace tesuji::campaign
