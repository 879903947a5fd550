// How strong a checkpoint is: matches against earlier checkpoints during a campaign; at its end
// also against uniformly random play, the first trained checkpoint and GTP engines. Results are
// stored; arena/elo.h computes Elo from all of them together.
// Thread-safety: one call at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

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

  /// Matches of checkpoint `id` against the one before it and one about half as old, but for those
  /// that are stored already. What `stop` breaks off is not stored. Does nothing
  /// for environments that have none.
  void EvaluateGeneration(std::int64_t id, const std::function<bool()>& stop);

  /// How long the games at the end of a run may take.
  struct FinalTime {
    std::function<bool()> over;
    std::string words = {};  ///< Says so, behind other words; empty: there is no limit.
  };
  /// The last checkpoint against random, the first trained one and the configured engines: the
  /// games that the store does not hold yet. They are stored round by round; a round that is not
  /// over in time is left to the next run.
  void EvaluateFinally(const FinalTime& time, ProgressLine* progress);

 private:
  struct FinalMatch {
    arena::Contestant opponent;
    int games = 0;
  };

  arena::Contestant StoredContestant(std::int64_t id) const;
  std::vector<FinalMatch> FinalMatches(std::int64_t last, ProgressLine* progress) const;
  /// False: there was no time for all of it.
  bool PlayFinalMatch(std::int64_t id, const FinalMatch& match, const FinalTime& time,
                      ProgressLine* progress);
  /// Checkpoint `id` against `opponent`. Rounds of equal number are the same games. `given`: games,
  /// stop and progress.
  arena::MatchReport Play(std::int64_t id, const arena::Contestant& opponent, int round,
                          const arena::MatchOptions& given);
  /// From checkpoint `id`'s view; nothing where every game was forfeited.
  void StoreMatch(std::int64_t id, const std::string& opponent, const arena::MatchReport& report);

  const env::Environment& environment_;
  const CampaignConfig& config_;
  storage::Store* store_;
  std::shared_ptr<const arena::GameHooks> hooks_;  // Never null.
};

}  // namespace tesuji::campaign
