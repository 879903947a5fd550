#include "campaign/selfplay_producer.h"

#include <utility>

#include "campaign/selfplay_worker.h"
#include "search/evaluation_cache.h"

namespace tesuji::campaign {
namespace {

class SelfplayProducer final : public env::Producer {
 public:
  explicit SelfplayProducer(const CampaignConfig& config)
      : episode_(config.episode), selfplay_(config.selfplay) {
    if (selfplay_.cache_entries <= 0) return;
    cache_ = std::make_unique<search::EvaluationCache>(
        static_cast<std::size_t>(selfplay_.cache_entries));
  }

  Result<std::unique_ptr<env::ProducerWorker>> MakeWorker(int /*index*/,
                                                          env::ProducerHost* host) override {
    auto plan = search::EpisodePlan::Make(episode_);
    if (!plan) return tl::unexpected(plan.error());
    return std::make_unique<SelfplayWorker>(
        SelfplayWorker::Options{.plan = std::move(*plan),
                                .episodes_in_flight = selfplay_.episodes_per_worker,
                                .first_rollouts = selfplay_.first_rollouts,
                                .cache = cache_.get(),
                                .host = host});
  }

 private:
  const search::EpisodeOptions episode_;
  const SelfplaySection selfplay_;
  std::unique_ptr<search::EvaluationCache> cache_;
};

}  // namespace

std::unique_ptr<env::Producer> MakeSelfplayProducer(const CampaignConfig& config) {
  return std::make_unique<SelfplayProducer>(config);
}

}  // namespace tesuji::campaign
