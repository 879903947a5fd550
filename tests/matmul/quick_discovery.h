// Discoveries small enough for a unit test.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "env/matmul/discover.h"

namespace tesuji::env::matmul {

inline DiscoverOptions Quick(const Format& format, int target) {
  DiscoverOptions options;
  options.format = format;
  options.target_rank = target;
  options.walkers = 4;
  options.walk_flips = 200'000;
  options.stage_effort = 100;
  options.max_flips = 200'000'000;
  return options;
}

/// What is found on the way to the target, which must be reached.
inline std::vector<Discovery> Discoveries(const DiscoverOptions& options) {
  std::vector<Discovery> found;
  DiscoverCallbacks callbacks;
  callbacks.improved = [&](const Discovery& discovery) { found.push_back(discovery); };
  const auto result = DiscoverSchemes(options, callbacks);
  EXPECT_TRUE(result.has_value()) << result.error().message;
  EXPECT_TRUE(result.has_value() && result->reached_target);
  return found;
}

}  // namespace tesuji::env::matmul
