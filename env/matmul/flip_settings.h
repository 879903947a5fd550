// The [flips] section of a campaign file, and the options of `tesuji discover`.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "api/registry.h"
#include "core/result.h"
#include "env/matmul/discover.h"
#include "env/matmul/matmul_environment.h"

namespace tesuji::env::matmul {

/// The keys of the section, with their ranges and help.
std::vector<Parameter> FlipParameters();

/// REQUIRES: setup.settings is complete (CompleteParameters()). A failure names what does not fit
/// the product, or the file of a flip policy.
Result<DiscoverOptions> ReadFlips(const ProducerSetup& setup, const MatmulOptions& product);

/// What tesuji learn-flips wrote; a failure names the file.
Result<FlipPolicy> ReadFlipPolicy(const std::string& path);

}  // namespace tesuji::env::matmul
