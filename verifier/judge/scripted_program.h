// A program of a package with scripts of its own: "build" makes it, "run" starts it.
//
// Both run in the container for tools, which sees no file of this machine but system folders. What
// is built is packed, kept in memory, and unpacked in the box of each run.
// Thread-safety: a free function; one thread a workplace.
#pragma once

#include <memory>
#include <vector>

#include "core/result.h"
#include "verifier/compile/compiler.h"
#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

/// Runs "build", if there is one, in a copy of the program's folder; then there must be an
/// executable file "run", which the program runs with its arguments. Fails saying what went wrong.
/// REQUIRES: HasScripts(files).
Result<std::shared_ptr<const Program>> BuildScriptedProgram(Workplace& workplace,
                                                            const std::vector<SourceFile>& files);

}  // namespace tesuji::verifier
