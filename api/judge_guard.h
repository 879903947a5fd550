// A wrapper around a judge that is not trusted: a plug-in's, or one under test.
//
// What it throws becomes an EnvironmentFault that names environment, method and state. States reach
// it as its own environment made them, without their guard. Whether it keeps its promises about
// tickets and values is checked by its caller, see api/judge_tickets.h.
// Thread-safety: as the judge inside.
#pragma once

#include <memory>

#include "api/environment.h"
#include "api/guard.h"
#include "api/judge.h"

namespace tesuji::env {

/// `environment`, guarded or not, is the one whose states are judged; it names the judge in
/// messages. `trace` may be null.
std::unique_ptr<Judge> GuardJudge(std::unique_ptr<Judge> judge, const Environment& environment,
                                  GuardTrace* trace);

}  // namespace tesuji::env
