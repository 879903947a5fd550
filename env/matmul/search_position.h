// Where a search for schemes (scheme_search.h) is: all that it needs to go on, as a value and as
// JSON. Thread-safety: a plain value and free functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/json.h"
#include "core/random.h"
#include "core/result.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

struct SearchChain {
  Scheme scheme;
  bool cyclic = false;
  int idle_rounds = 0;
};

struct SearchPosition {
  std::int64_t growth = -1;  ///< -1: not begun; 0: from the given start; then one a growth.
  std::size_t index = 0;     ///< Of the stage within its growth.
  std::int64_t flips_before_growth = 0;
  bool in_stage = false;
  std::uint64_t stage = 0;  ///< Counts all stages.
  std::uint64_t round = 0;  ///< Within the stage.
  bool last_stage = false;
  std::int64_t stuck_after = 0;  ///< Flips of the last stage without a better rank; 0: no limit.
  std::int64_t stage_end = 0;    ///< In total_flips.
  std::int64_t total_flips = 0;
  std::vector<Scheme> entries;  ///< What the stage starts from.
  std::vector<Scheme> archive;  ///< What it found: the best rank and one above.
  std::vector<SearchChain> chains;
  RandomStream starts{0};  ///< Draws where chains begin.
  int best_rank = 0;       ///< Of the stage.
  int rank = 0;            ///< Of the whole format; 0: none yet.
  std::vector<Scheme> best;
};

Json ToJson(const SearchPosition& position);
/// Every scheme in it multiplies. A failure: the JSON is something else, or damaged.
Result<SearchPosition> PositionFromJson(const Json& json);

}  // namespace tesuji::env::matmul
