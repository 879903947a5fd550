// Episodes of a lone agent: one player alone with an environment, chance and a clock of moves. For
// every environment of one player that is scored by rules (2048); what matches are to games of two.
//
// Episode n meets the same chance stream whoever plays, so that players are compared on equal luck
// as long as they choose alike.
// Thread-safety: PlaySolo may be called from any thread; it joins its workers before returning.
// Results do not depend on threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/environment.h"
#include "arena/match.h"
#include "core/result.h"

namespace tesuji::arena {

struct SoloEpisode {
  int number = 0;
  float value = 0;  ///< State::Value(), in [-1, 1].
  float score = 0;  ///< FinalTargets::score, in the environment's points; the value without one.
  int actions = 0;  ///< Chance not counted.
  std::string termination;  ///< The environment's word for how it ended.
  std::string record;       ///< The environment's artifact.
};

struct SoloOptions {
  int episodes = 20;
  int threads = 1;
  int episodes_at_once = 16;  ///< In each thread.
  std::uint64_t seed = 0;
  /// Polled after every action, from any worker. True: unfinished episodes are dropped.
  std::function<bool()> stop;
  /// After every episode, never two calls at once.
  std::function<void(const SoloEpisode& episode, int finished)> progress;
};

struct SoloReport {
  std::string name;                   ///< The player's.
  std::vector<SoloEpisode> episodes;  ///< Finished ones, by number.
  double mean_score() const;
  double mean_score_error() const;  ///< One standard error; infinite below two episodes.
  double mean_value() const;
  float best_score() const;
};

/// Fails when the player cannot be made, errs or offers an illegal action.
/// REQUIRES: spec().player_count == 1; tasks end by themselves, without a judge.
Result<SoloReport> PlaySolo(const env::Environment& environment, const Contestant& player,
                            const SoloOptions& options);

}  // namespace tesuji::arena
