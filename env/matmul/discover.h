// Looks for schemes of low rank: many walks over the flip graph (walk.h), run by oneTBB.
//
// The search grows the format: from 2x2x2, one side at a time, each stage starting from what the
// stage before found plus the standard terms for what was added. That is the standard scheme of the
// whole format with the flips confined to a block first (the edge constraints of Arai, Ichikawa &
// Hukushima, arXiv 2312.16960); from the unconfined standard scheme of 5x5x5 walks hardly descend.
// A search that has grown to the whole format and finds nothing better there for as long as growing
// took (times 1, 1, 2, 1, 1, 2, 4, …: Luby, Sinclair & Zuckerman 1993) grows anew: where a stage
// ends decides much of what the next can reach, and is a matter of luck.
// Square matrices may be searched among cyclic schemes instead (orbits.h), without growing: each
// chain starts from the standard scheme with some of its cubes joined. A cyclic chain that has not
// improved for long goes on without the symmetry before it ends.
//
// Within a stage chains of walks run in rounds. A chain that has not improved for `patience` rounds
// ends in the archive and begins anew, from the stage's entry schemes or from the archive.
//
// Every found scheme passes CheckScheme() before it is reported. Rounds are merged in the order of
// walkers, so the discoveries depend on the options (`stop` apart), not on the number of workers.
// Thread-safety: one call at a time per options object; callbacks run on the caller's thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "api/trajectory.h"
#include "env/matmul/scheme.h"
#include "env/matmul/walk.h"

namespace tesuji::env::matmul {

struct DiscoverOptions {
  Format format{.n = 3, .m = 3, .p = 3};
  Ring ring = Ring::kZ2;
  std::uint64_t seed = 1;
  int workers = 2;  ///< Threads; does not change what is found.
  int walkers = 8;  ///< Chains; each makes one walk a round.
  /// Of one walk; `flips` is the length of one round for each walker.
  std::int64_t walk_flips = 5'000'000;
  std::int64_t plus_after = 2'000;  ///< See WalkOptions.
  int band = 4;                     ///< See WalkOptions.
  FlipPolicy policy = {};           ///< See WalkOptions.
  int patience = 20;                ///< Rounds a chain may go without improving.
  /// Walk among cyclic schemes from the whole standard scheme; only for square matrices.
  bool cyclic = false;
  bool grow = true;  ///< Unless cyclic. False: start at once from the whole standard scheme.
  /// Flips spent on a stage before the last, as a multiple of the cube of its standard rank.
  double stage_effort = 1'000;
  bool regrow = true;          ///< Grow anew when stuck.
  int target_rank = 0;         ///< Stop when this rank is reached; 0: only by the limits.
  std::int64_t max_flips = 0;  ///< Stop after so many in all; 0: no limit.
  /// Schemes to start from before growing, which happens when nothing better is found from them for
  /// `patience` rounds; each must pass CheckScheme() and fit format and ring.
  std::vector<Scheme> start;
};

/// What was measured to find low ranks soonest (docs/scaling.md): whether `cyclic`, unless given,
/// and the pace of the walks.
DiscoverOptions MeasuredOptions(const Format& format, Ring ring,
                                std::optional<bool> cyclic = std::nullopt);

/// One walk and the scheme it found: enough to walk it again.
struct Discovery {
  Scheme scheme;
  Scheme start;
  std::array<std::uint64_t, 4> stream{};  ///< RandomStream's path: seed, stage, round, walker.
  WalkOptions walk;                       ///< With `flips` = what it takes to get there.
  std::int64_t total_flips = 0;           ///< Of the whole search, at the end of the round.
};

struct DiscoverProgress {
  Format format;  ///< Of the present stage.
  int best_rank = 0;
  std::vector<int> ranks;  ///< Of each chain.
  std::int64_t total_flips = 0;
};

struct DiscoverCallbacks {
  /// A scheme of the whole format with a rank lower than any before. May be empty.
  std::function<void(const Discovery&)> improved;
  std::function<void(const DiscoverProgress&)> progress;  ///< After each round. May be empty.
  std::function<bool()> stop;                             ///< From any thread. May be empty.
};

struct DiscoverResult {
  int rank = 0;              ///< Best of the whole format.
  std::vector<Scheme> best;  ///< Different schemes of that rank, at most 64.
  std::int64_t total_flips = 0;
  bool reached_target = false;
};

/// A failure: options that make no sense (format, ring, a start that does not multiply).
Status CheckDiscoverOptions(const DiscoverOptions& options);

/// The whole search at once (scheme_search.h makes it round by round). Fails as
/// CheckDiscoverOptions() does.
Result<DiscoverResult> DiscoverSchemes(const DiscoverOptions& options,
                                       const DiscoverCallbacks& callbacks);

/// `scheme` as part of a larger product: the standard terms for everything else are added.
/// REQUIRES: no side of `format` is smaller than the scheme's.
Scheme ExtendScheme(const Scheme& scheme, const Format& format);

}  // namespace tesuji::env::matmul
