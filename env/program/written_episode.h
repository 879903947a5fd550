// The trajectory of a program that was not written by tree search: found by enumeration, or known.
// Thread-safety: free functions.
#pragma once

#include <span>

#include "api/environment.h"
#include "api/trajectory.h"
#include "env/program/language/grammar.h"

namespace tesuji::env::program {

/// Fills in the steps of `trajectory`, each as chosen by a search that was sure of it, and what
/// they come to: outcome, artifact, fingerprint. REQUIRES: trajectory->task is one of
/// `environment`'s, and `code` a whole program for it.
void WriteEpisode(const Environment& environment, std::span<const Op> code, Trajectory* trajectory);

}  // namespace tesuji::env::program
