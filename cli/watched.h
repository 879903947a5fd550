// Runs something that may crash or hang in a process of its own and tells what became of it.
// Thread-safety: forks, so call it while the program has one thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "api/guard.h"
#include "core/json.h"

namespace tesuji::cli {

struct WatchedOutcome {
  Json result = Json::object();  ///< What `work` returned; empty when it did not come to that.
  std::string failure;  ///< "crashed (Segmentation fault) in State::Apply (task …)"; or "".
};

/// `work` gets a trace that the guard keeps up to date; it is ended when the trace stands still for
/// `patience`. Throws MachineError when no process can be made.
WatchedOutcome RunWatched(const std::function<Json(env::GuardTrace*)>& work,
                          std::chrono::milliseconds patience);

}  // namespace tesuji::cli
