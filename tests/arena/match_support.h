// Matches of Go and of other games as tests play them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "arena/match.h"
#include "env/go/go_environment.h"
#include "env/go/gtp/match_hooks.h"
#include "search/uniform_evaluator.h"
#include "tests/arena/careful.h"

namespace tesuji::arena {

inline std::unique_ptr<const env::go::GoEnvironment> MakeGo(int side, float komi = 7.5F) {
  return *env::go::GoEnvironment::Make({.rules = {.width = side, .height = side}, .komi = komi});
}

inline Contestant Searcher(const env::Environment& environment, int simulations,
                           const std::string& name = "searcher") {
  SearchPlayerOptions options;
  options.search.simulations = simulations;
  if (dynamic_cast<const env::go::GoEnvironment*>(&environment)) {
    options.hooks = gtp::GoMatchHooks();
  }
  return SearchContestant(
      name, environment,
      []() -> Result<std::unique_ptr<search::Evaluator>> {
        return std::make_unique<search::UniformEvaluator>(/*rollouts=*/2, /*seed=*/1);
      },
      options);
}

inline MatchReport Play(const env::Environment& environment, const Contestant& a,
                        const Contestant& b, MatchOptions options) {
  const bool go = dynamic_cast<const env::go::GoEnvironment*>(&environment) != nullptr;
  if (go && options.hooks == nullptr) options.hooks = gtp::GoMatchHooks();
  Result<MatchReport> report = PlayMatch(environment, a, b, options);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return report ? *report : MatchReport{};
}

}  // namespace tesuji::arena
