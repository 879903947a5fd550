// The [flips] section of a campaign file, and the options of `tesuji discover`.
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/registry.h"
#include "core/result.h"
#include "core/settings.h"
#include "env/matmul/discover.h"
#include "env/matmul/matmul_environment.h"

namespace tesuji::env::matmul {

struct FlipsSection {
  enum class Symmetry : std::uint8_t { kAuto, kCyclic, kNone };

  bool walk = false;    ///< Walk instead of tree search.
  int target_rank = 0;  ///< 0: goes on.
  int walkers = DiscoverOptions().walkers;
  std::int64_t plus_after = 0;  ///< Flips; 0: as measured.
  int band = 0;                 ///< 0: as measured.
  double stage_effort = DiscoverOptions().stage_effort;
  Symmetry symmetry = Symmetry::kAuto;
  bool grow = DiscoverOptions().grow;
  std::string policy;  ///< A file; empty: none.
};

/// Every key of the section; see core/settings.h.
void Describe(SettingsTable* table, FlipsSection* section);

/// The same as the producer hands them in.
std::vector<Parameter> FlipParameters();

/// The search that the section asks for; what it leaves open is as measured for the product. A
/// failure names the file of a flip policy.
Result<DiscoverOptions> OptionsOf(const FlipsSection& section, const Format& format, Ring ring);

/// REQUIRES: setup.settings is complete (CompleteParameters()). A failure names what does not fit
/// the product, or the file of a flip policy.
Result<DiscoverOptions> ReadFlips(const ProducerSetup& setup, const MatmulOptions& product);

/// What tesuji learn-flips wrote; a failure names the file.
Result<FlipPolicy> ReadFlipPolicy(const std::string& path);

}  // namespace tesuji::env::matmul
