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
#include "search/evaluator.h"

namespace tesuji::arena {

class GameHooks;

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

/// `count` openings, all different as long as a hundred tries each find new ones, of actions that
/// the hooks leave in. Fails when the task makes no start.
Result<std::vector<Opening>> MakeOpenings(const env::Environment& environment,
                                          const GameHooks& hooks, const OpeningOptions& options);

/// Reads a list of openings, one a line, actions in the hooks' notation ("E5 C3 pass G7"); '#'
/// begins a comment. Each is played from `start`; a failure names the line, and the action that
/// cannot be read or played.
Result<std::vector<std::vector<env::Action>>> ParseOpenings(const GameHooks& hooks,
                                                            const env::State& start,
                                                            std::string_view text);

}  // namespace tesuji::arena
