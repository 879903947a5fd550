// How strong a checkpoint is: matches against earlier checkpoints during a campaign; at its end
// also against uniformly random play, the first trained checkpoint and GTP engines. Results are
// stored; arena/elo.h computes Elo from all of them together.
// Thread-safety: one call at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/environment.h"
#include "arena/game_hooks.h"
#include "arena/match.h"
#include "campaign/campaign_config.h"
#include "campaign/progress.h"
#include "learner/model.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// Search for matches: without noise, `visits` simulations a move.
search::SearchOptions InEarnest(search::SearchOptions options, int visits);

/// A network that plays by search; one evaluator a worker. Both outlive the contestant. With
/// `average_symmetries` each position is looked at from every side: slower, stronger.
arena::Contestant NetworkContestant(std::string name, const env::Environment& environment,
                                    std::shared_ptr<const learner::Network> network,
                                    const arena::SearchPlayerOptions& options,
                                    bool average_symmetries = false);

/// "checkpoint:12", the name of a checkpoint among players.
std::string CheckpointPlayer(std::int64_t id);
/// The player of uniformly random legal actions.
inline constexpr const char* kRandomPlayer = "random";

/// The matches of one campaign. All that it is made of must outlive it.
class Evaluation {
 public:
  /// `hooks` null: the arena's defaults, without engines.
  Evaluation(const env::Environment& environment, const CampaignConfig& config,
             storage::Store* store, std::shared_ptr<const arena::GameHooks> hooks);

  /// Why an environment has no matches, for people; empty: it has. A lone agent has none either,
  /// and is scored alone.
  static std::string WhyNone(const env::Spec& spec);

  /// Matches of checkpoint `id` against the one before it and one about half as old. Does nothing
  /// for environments that have none.
  void EvaluateGeneration(std::int64_t id, const std::function<bool()>& stop);

  /// The last checkpoint against random, the first trained one and the configured engines; skipped
  /// where the store already holds these games.
  void EvaluateFinally(const std::function<bool()>& stop, ProgressLine* progress);

 private:
  arena::Contestant StoredContestant(std::int64_t id) const;
  arena::MatchReport PlayAndStore(std::int64_t id, const arena::Contestant& opponent,
                                  const arena::MatchOptions& options);

  const env::Environment& environment_;
  const CampaignConfig& config_;
  storage::Store* store_;
  std::shared_ptr<const arena::GameHooks> hooks_;  // Never null.
};

}  // namespace tesuji::campaign
