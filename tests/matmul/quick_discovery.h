// Discoveries small enough for a unit test.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "core/random.h"
#include "env/matmul/discover.h"
#include "env/matmul/tensor_check.h"
#include "env/matmul/walk.h"

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

/// Walks again and compares: success, or how the record is wrong.
inline Status VerifyDiscovery(const Discovery& discovery) {
  if (auto status = CheckScheme(discovery.start); !status) {
    return Fail("start: " + status.error().message);
  }
  if (auto status = CheckScheme(discovery.scheme); !status) {
    return Fail("result: " + status.error().message);
  }
  const auto& [seed, stage, round, walker] = discovery.stream;
  const Scheme again = Rewalk(discovery.start, discovery.walk,
                              RandomStream({seed, stage, round, walker}), discovery.walk.flips);
  if (again == discovery.scheme) return {};
  return Fail("walking again gives another scheme");
}

}  // namespace tesuji::env::matmul
