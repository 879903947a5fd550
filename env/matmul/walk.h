// A random walk over the flip graph with plus transitions, deterministic in (start, seed, options):
// the walk is the same whoever runs it, and a scheme found after so many flips is found again.
//
// The walk flips random pairs. After `plus_after` flips without a change of rank it makes a plus
// transition, unless that would leave the band of `band` ranks over the best seen; when it has been
// that long at the top of the band it goes back to the last scheme of best rank.
// Thread-safety: a free function; many may run at once.
#pragma once

#include <cstdint>
#include <functional>

#include "core/random.h"
#include "env/matmul/flip_policy.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

struct WalkOptions {
  std::int64_t flips = 10'000'000;   ///< Length of the walk, refused flips included.
  std::int64_t plus_after = 50'000;  ///< Flips without a change of rank before a plus transition.
  int band = 2;                      ///< Ranks over the best that the walk may climb.
  int target_rank = 0;               ///< Stop as soon as the rank is this or lower.
  /// Walk among cyclic schemes alone (flip_graph.h); `band` then counts orbits.
  bool cyclic = false;
  FlipPolicy policy = {};  ///< Which of the flips drawn are made.
  bool wander = false;     ///< Result: where the walk ends, not the last scheme of the best rank.
  /// Polled every few thousand flips; true ends the walk where it is. May be empty.
  std::function<bool()> stop = {};
};

struct WalkResult {
  Scheme scheme;              ///< The last one of the best rank, or the end.
  std::int64_t found_at = 0;  ///< Flips made when it was met.
  std::int64_t best_at = 0;   ///< Flips made when its rank was first met.
  std::int64_t flips = 0;     ///< Flips made in all.
  std::int64_t refused = 0;   ///< Of these, flips that left the ring (ternary only).
  std::int64_t plus = 0;      ///< Plus transitions made.
  bool stopped = false;       ///< By options.stop.
};

/// Of a scheme that a walk can start from.
inline constexpr int kMaxWalkTerms = 150;

/// Whether walks with options.cyclic can start here.
bool MayWalkCyclic(const Scheme& start);

/// REQUIRES: `start` passes CheckScheme(), has at most kMaxWalkTerms; MayWalkCyclic() when
/// options.cyclic.
WalkResult Walk(const Scheme& start, const WalkOptions& options, RandomStream random);

/// What Walk(start, options, random) had as its current scheme's best after exactly `flips` flips:
/// the scheme a record names by (start, seed, found_at).
Scheme Rewalk(const Scheme& start, WalkOptions options, RandomStream random, std::int64_t flips);

}  // namespace tesuji::env::matmul
