// The conditions of a second run, which an answer that is right does not depend on.
// Thread-safety: free functions.
#pragma once

#include "verifier/sandbox/run.h"

namespace tesuji::verifier {

/// Another process id, a larger environment (it shifts the stack) and a fixed address layout.
void UseOtherConditions(RunSpec* spec);
/// Blocks until the clock shows another second.
void WaitForAnotherSecond();

}  // namespace tesuji::verifier
