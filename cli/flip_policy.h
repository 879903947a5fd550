// A flip policy from a file, for the subcommands that walk.
#pragma once

#include <string>

#include "core/result.h"
#include "env/matmul/flip_policy.h"

namespace tesuji::cli {

/// What tesuji learn-flips wrote; a failure names the file.
Result<env::matmul::FlipPolicy> ReadFlipPolicy(const std::string& path);

}  // namespace tesuji::cli
