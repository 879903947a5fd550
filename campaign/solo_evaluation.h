// How good a checkpoint is at the tasks of a lone agent: it plays evaluation.games episodes without
// noise. Every checkpoint has the same tasks and the same random streams.
// Thread-safety: a free function, one call at a time a network.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "api/environment.h"
#include "campaign/campaign_config.h"
#include "core/result.h"
#include "learner/model.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// Figures evaluation_score, evaluation_score_error, evaluation_success (the share of episodes with
/// the highest value, +1) and evaluation_games of checkpoint `id`. Empty when `stop` interrupted
/// it. A failure: an episode awaits a judge, or the environment refuses its own tasks.
/// REQUIRES: spec().player_count == 1.
Result<std::vector<storage::Metric>> EvaluateSolo(const env::Environment& environment,
                                                  const CampaignConfig& config, std::int64_t id,
                                                  std::shared_ptr<const learner::Network> network,
                                                  const std::function<bool()>& stop);

}  // namespace tesuji::campaign
