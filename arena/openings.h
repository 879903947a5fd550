// How games of a match begin: a task (komi, handicap) and some actions that neither player chose.
// Each opening is played twice with colours swapped, so that it need not be fair, only not decided.
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "core/result.h"
#include "env/go/rules.h"
#include "search/evaluator.h"

namespace tesuji::arena {

struct Opening {
  env::Task task;
  std::vector<env::Action> actions;
};

struct OpeningOptions {
  int count = 1;
  int actions = 4;  ///< In each; fewer where the game would end.
  std::uint64_t seed = 0;
  /// Every opening's start; empty: environment.SampleTask() draws one for each.
  std::optional<env::Task> task;
  /// Sampling from evaluators' priors: these take turns, opening by opening. Empty: uniform.
  std::vector<search::Evaluator*> evaluators;
  double temperature = 1.0;  ///< Of the priors: above 1 flatter.
};

/// `count` openings, all different as long as a hundred tries each find new ones. In Go nobody
/// passes in them. Fails when the task makes no start.
Result<std::vector<Opening>> MakeOpenings(const env::Environment& environment,
                                          const OpeningOptions& options);

/// Reads a list of Go openings, one a line ("E5 C3 pass G7"); '#' begins a comment.
Result<std::vector<std::vector<env::Action>>> ParseOpenings(const env::go::Rules& rules,
                                                            std::string_view text);

}  // namespace tesuji::arena
