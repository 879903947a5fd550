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
    SelfplayWorker::Options options;
    options.episode = episode_;
    options.episodes_in_flight = selfplay_.episodes_per_worker;
    options.first_rollouts = selfplay_.first_rollouts;
    options.cache = cache_.get();
    options.host = host;
    return std::make_unique<SelfplayWorker>(std::move(options));
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
