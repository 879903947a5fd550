// Runs an engine on two streams, reading ahead on a thread of its own, so that an analysis notices
// the next command while it searches.
#pragma once

#include <iosfwd>

#include "env/go/gtp/engine.h"

namespace tesuji::gtp {

/// Returns after "quit" or at the end of input. Every answer is flushed. The reading thread stops
/// by itself after a line that says "quit", so it is never left waiting for more; only when the
/// engine throws is it left behind, and the program must then end.
void RunGtpLoop(std::istream& in, std::ostream& out, Engine& engine);

}  // namespace tesuji::gtp
