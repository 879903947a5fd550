#include "campaign/solo_evaluation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "arena/solo.h"
#include "campaign/evaluation.h"
#include "campaign/success.h"
#include "core/random.h"

namespace tesuji::campaign {
namespace {

/// Second component of the stream that gives every checkpoint the same luck.
constexpr std::uint64_t kSoloStream = 6;

}  // namespace

Result<std::vector<storage::Metric>> EvaluateSolo(const env::Environment& environment,
                                                  const CampaignConfig& config, std::int64_t id,
                                                  std::shared_ptr<const learner::Network> network,
                                                  const std::function<bool()>& stop) {
  arena::SearchPlayerOptions player;
  player.search = InEarnest(config.episode.full, config.evaluation.visits);
  arena::SoloOptions options;
  options.episodes = config.evaluation.games;
  options.episodes_at_once = std::min(options.episodes, 32);
  options.seed = RandomStream({config.campaign.seed, kSoloStream})();
  options.stop = stop;
  const auto report = arena::PlaySolo(
      environment, NetworkContestant(CheckpointPlayer(id), environment, std::move(network), player),
      options);
  if (!report) return tl::unexpected(report.error());
  if (static_cast<int>(report->episodes.size()) < options.episodes) {
    return std::vector<storage::Metric>();
  }
  const auto succeeded = std::ranges::count_if(
      report->episodes, [](const auto& episode) { return IsSuccess(episode.value); });
  const auto games = static_cast<double>(report->episodes.size());
  std::vector<storage::Metric> metrics = {
      {id, "evaluation_games", games},
      {id, "evaluation_score", report->mean_score()},
      {id, "evaluation_success", static_cast<double>(succeeded) / games}};
  if (const double error = report->mean_score_error(); std::isfinite(error)) {
    metrics.push_back({id, "evaluation_score_error", error});
  }
  return metrics;
}

}  // namespace tesuji::campaign
