// Learns a FlipPolicy by the cross-entropy method (Rubinstein 1999): policies are drawn from a
// normal distribution, each walks from the standard scheme until it meets the target, and the
// distribution moves to those that needed the fewest flips. All of one generation walk with the
// same random streams, so that they differ by the policy and by little else.
//
// CompareFlips() then asks whether it was worth it, with other streams, against the walk that makes
// every flip it draws.
// Thread-safety: one call at a time per options object; callbacks run on the caller's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/json.h"
#include "env/matmul/discover.h"
#include "env/matmul/flip_policy.h"

namespace tesuji::env::matmul {

struct LearnFlipsOptions {
  Format format{.n = 3, .m = 3, .p = 4};
  Ring ring = Ring::kZ2;
  int target_rank = 29;
  FlipPolicy first = {};  ///< Around which the first generation is drawn.
  std::uint64_t seed = 1;
  int workers = 2;      ///< Threads; does not change what is learned.
  int population = 10;  ///< Policies of a generation, the uniform one among them.
  int elite = 4;        ///< Of these, how many the next generation is drawn around.
  int generations = 5;
  int walks = 24;                        ///< Of each policy.
  std::int64_t walk_flips = 15'000'000;  ///< A walk that has not met the target by then counts as
                                         ///< having needed twice as many.
  std::function<bool()> stop = {};       ///< Polled between walks. May be empty.
  /// After each walk, from any worker, never two at once: how many are done of how many. May be
  /// empty.
  std::function<void(int done, int all)> walked = {};
};

/// One generation, as the mean of the natural logarithm of the flips that walks needed.
struct FlipGeneration {
  double uniform = 0;
  double best = 0;
  FlipPolicy best_policy;
  FlipPolicy mean;  ///< Of the distribution after this generation: what has been learned so far.
};

struct LearnedFlips {
  FlipPolicy policy;
  std::vector<FlipGeneration> generations;
  bool stopped = false;
};

/// A failure: options that make no sense.
Result<LearnedFlips> LearnFlips(const LearnFlipsOptions& options,
                                const std::function<void(const FlipGeneration&)>& progress);

/// One seed's search, with the policy or without.
struct FlipTrial {
  bool reached = false;
  std::int64_t flips = 0;
  double seconds = 0;
};

struct FlipComparison {
  std::vector<FlipTrial> uniform;
  std::vector<FlipTrial> learned;  ///< Of the same seeds, each right after its counterpart.
};

/// DiscoverSchemes() for the seeds from options.seed on, until its target or max_flips.
/// REQUIRES: options.target_rank > 0, options.max_flips > 0.
Result<FlipComparison> CompareFlips(DiscoverOptions options, int seeds, const FlipPolicy& policy,
                                    const std::function<void(int done)>& progress);

/// As a file: {"format": "tesuji-flip-policy", "version": 1, "ones": …, "pairs": …} and how it was
/// learned.
Json FlipPolicyToJson(const LearnFlipsOptions& options, const LearnedFlips& learned);
Result<FlipPolicy> FlipPolicyFromJson(const Json& json);

}  // namespace tesuji::env::matmul
