// The rules of a problem's groups as a whole: what 2025-09 asks of them, and the best score.
// Thread-safety: free functions.
#pragma once

#include <optional>
#include <vector>

#include "core/result.h"
#include "verifier/problem/group_settings.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// Fills the bounds of all groups from their files, one entry of `keys` a group, with the format's
/// defaults. What the format forbids is named by file and line.
Status SetGroupRules(const std::vector<GroupKeys>& keys, Problem* problem);

/// The lowest and the highest score that a submission can have; an end is empty when the package
/// does not say it.
struct ScoreBounds {
  std::optional<double> lowest;
  std::optional<double> highest;
};
ScoreBounds BoundsOf(const Problem& problem);

/// How good a score is: 0 for the worst, 1 for the best. Empty when the bounds are not known.
std::optional<double> ShareOfBest(const Problem& problem, double score);

/// The tests that count for a bound group, static ones left out.
std::size_t CountTests(const Problem& problem, const TestGroup& group);

}  // namespace tesuji::verifier
