// Mean score and success rate of a lone agent by generation, from the store's self-play episodes.
// Thread-safety: free functions; the store says for itself.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "api/environment.h"
#include "core/json.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// Notes in the store what StatusJson() needs to know of a self-play campaign's environment.
void PutLoneAgentFact(const env::Environment& environment, storage::Store* store);

struct GenerationScore {
  std::int64_t episodes = 0;  ///< Verified ones that began with this checkpoint.
  double mean_score = 0;      ///< In the environment's points; the mean value without a score.
  double success_rate = 0;    ///< Share of episodes with the highest value.
};

/// By the checkpoint's hash; empty when the campaign is not self-play of a lone agent. Reads all
/// summaries.
std::map<std::string, GenerationScore> ScoreGenerations(const storage::Store& store);

/// {mean_score, success_rate, selfplay_episodes} of each row of status["checkpoints"].
void AddGenerationScores(const storage::Store& store, Json* checkpoints);

/// A table for people; empty when no row has figures of a lone agent.
std::string LoneAgentTable(const Json& checkpoints);

}  // namespace tesuji::campaign
