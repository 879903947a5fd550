// Which rows and positions stay, which go and why, and to which split each belongs. A function of
// facts and recipe alone, taken row by row in order; threads have no say in it.
// Memory: about 300 bytes a row that is not dropped early, 13 to 26 bytes a distinct position.
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dataset/curate/facts.h"
#include "dataset/recipe.h"

namespace tesuji::dataset {

enum Split : std::uint8_t { kTrain = 0, kValidation = 1, kTest = 2, kSplits = 3, kDropped = 255 };
/// "train", "validation", "test".
const char* SplitName(int split);

/// One step of the funnel.
struct FunnelStep {
  std::string name;  ///< "verify", "duplicates", …
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::vector<std::pair<std::string, std::int64_t>> dropped;  ///< (reason, rows), sorted.
};

/// Fates of a position, as the ledger spells them.
inline constexpr char kPositionStays = '+';
inline constexpr char kNoTarget = 'n';
inline constexpr char kFewVisits = 'v';
inline constexpr char kDuplicatePosition = 'd';
inline constexpr char kOtherSplit = 's';  ///< A row of another split has it.

struct RowDecision {
  std::uint8_t split = kDropped;
  std::uint16_t reason = 0;          ///< Index into Decisions::reasons when dropped.
  bool first_of_task = false;        ///< Of the kept rows.
  std::uint32_t group = 0;           ///< Number of the group, for tests of leaks.
  std::int64_t first_position = -1;  ///< Index of its first step in Decisions::position; -1: none.
};

struct Decisions {
  std::vector<RowDecision> rows;
  std::vector<std::string> reasons;
  std::vector<std::string> details;  ///< One a row, mostly empty; for the ledger.
  std::string position;        ///< One letter a step of the kept rows: kPositionStays or why not.
  std::vector<Key128> groups;  ///< Split groups by number.
  std::vector<FunnelStep> funnel;  ///< Of rows.
  FunnelStep positions;            ///< Of positions.
  std::int64_t reverified = 0;
  std::int64_t kept = 0;
  bool mixed_shapes = false;  ///< Kept rows differ in environment, observation or actions.
  /// Preferences between episodes of one task: (better, worse) rows.
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
};

/// Calls its argument for every row, in order. Called twice.
using FactStream = std::function<void(const std::function<void(std::int64_t, RowFacts&)>&)>;
/// Shingles of a row, for the true similarity of candidates.
using ShingleSource = std::function<std::vector<std::uint64_t>(std::int64_t row)>;

Decisions Decide(const Recipe& recipe, const FactStream& facts, const ShingleSource& shingles);

/// "duplicate:position" and the like.
const char* PositionFateName(char fate);

}  // namespace tesuji::dataset
