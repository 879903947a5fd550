// Episodes as text: the names of the actions in order, separated by spaces ("d3 c5 pass"). With
// these two functions an environment's Artifact() and FromArtifact() are a line each.
// Thread-safety: free functions.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "api/environment.h"

namespace tesuji::env {

/// The legal action (or chance outcome) of an ongoing state that ActionToText() calls `name`.
/// Fails on any other name, and when the state is over.
Result<Action> FindAction(const State& state, std::string_view name);

/// Plays a whole record on `state` and tells its actions. Any text is safe; the failure names the
/// move by number.
Result<std::vector<Action>> PlayActions(State* state, std::string_view record);

/// Plays a whole record from `start`. Any text is safe; the failure names the move by number.
Result<std::unique_ptr<State>> PlayRecord(std::unique_ptr<State> start, std::string_view record);

}  // namespace tesuji::env
