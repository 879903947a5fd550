#include "bench/selfplay.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "bench/clock.h"
#include "campaign/episode_schedule.h"
#include "campaign/host.h"
#include "campaign/policy_slot.h"
#include "campaign/selfplay_worker.h"
#include "core/random.h"
#include "learner/backend.h"
#include "search/caching_evaluator.h"

namespace tesuji::bench {
namespace {

std::shared_ptr<const learner::Network> UntrainedNetwork(const env::Environment& environment,
                                                         const SelfplayBenchOptions& options) {
  learner::RequireBackend(options.device);  // Threads could not report that it is missing.
  auto network = learner::Network::Load(
      learner::InitialWeights(environment.spec(), options.network, options.seed),
      environment.spec(), options.device);
  if (!network) throw MachineError(network.error().message);
  return *network;
}

/// `count` ongoing states of random games.
std::vector<std::unique_ptr<env::State>> RandomStates(const env::Environment& environment,
                                                      std::uint64_t seed, int count) {
  RandomStream random({seed, 201});
  std::vector<std::unique_ptr<env::State>> states;
  std::vector<env::Action> legal;
  while (static_cast<int>(states.size()) < count) {
    auto state = environment.NewState(environment.SampleTask(random));
    if (!state) throw MachineError(state.error().message);
    const std::uint64_t length =
        random.Below(static_cast<std::uint64_t>(environment.spec().observation.cells()));
    for (std::uint64_t i = 0; i < length && (*state)->phase() == env::Phase::kOngoing; ++i) {
      (*state)->LegalActions(&legal);
      (*state)->Apply(legal[random.Below(legal.size())]);
    }
    if ((*state)->phase() == env::Phase::kOngoing) states.push_back(std::move(*state));
  }
  return states;
}

/// Gives out numbers without end and forgets what is finished.
class BenchHost final : public env::ProducerHost {
 public:
  BenchHost(const env::Environment& environment, const SelfplayBenchOptions& options)
      : environment_(environment) {
    policy_.Set(std::make_shared<campaign::NetworkPolicy>(UntrainedNetwork(environment, options)));
    provenance_.campaign_seed = options.seed;
  }
  const env::Environment& environment() const override { return environment_; }
  const env::Provenance& provenance() const override { return provenance_; }
  std::optional<std::uint64_t> NextEpisode() override { return schedule_.Next(); }
  void Finish(env::FinishedEpisode) override { ++episodes_; }
  env::CurrentPolicy policy() const override { return policy_.Get(); }
  std::uint64_t policy_version() const override { return policy_.version(); }
  bool stopping() const override { return false; }
  void Count(const env::Effort& effort) override { totals_.Add(effort); }
  void Announce(const std::string&) override {}

  std::int64_t episodes() const { return episodes_; }
  const campaign::EffortTotals& totals() const { return totals_; }

 private:
  const env::Environment& environment_;
  env::Provenance provenance_;
  campaign::PolicySlot policy_;
  campaign::EpisodeSchedule schedule_{{}, 0};
  campaign::EffortTotals totals_;
  std::atomic<std::int64_t> episodes_{0};
};

struct SelfplayRates {
  double evaluations_per_second = 0;
  double actions_per_second = 0;
  double episodes_per_second = 0;
  double mean_batch = 0;
};

SelfplayRates MeasureSelfplay(const env::Environment& environment,
                              const SelfplayBenchOptions& options) {
  BenchHost host(environment, options);
  std::unique_ptr<search::EvaluationCache> cache;
  if (options.cache_entries > 0) {
    cache =
        std::make_unique<search::EvaluationCache>(static_cast<std::size_t>(options.cache_entries));
  }
  const auto work = [&] {
    campaign::SelfplayWorker worker({.plan = options.plan,
                                     .episodes_in_flight = options.episodes_per_worker,
                                     .cache = cache.get(),
                                     .host = &host});
    const auto end = Clock::now() + options.duration;
    while (Clock::now() < end) worker.Step();
  };
  const auto start = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < options.workers; ++i) threads.emplace_back(work);
  }
  const double seconds = SecondsSince(start);
  SelfplayRates result;
  result.evaluations_per_second = static_cast<double>(host.totals().evaluations) / seconds;
  result.actions_per_second = static_cast<double>(host.totals().actions) / seconds;
  result.episodes_per_second = static_cast<double>(host.episodes()) / seconds;
  result.mean_batch =
      static_cast<double>(host.totals().evaluations) / static_cast<double>(host.totals().batches);
  return result;
}

/// Positions a second of the bare evaluator on the same network, batch and number of threads, over
/// positions of random games.
double BareEvaluator(const env::Environment& environment, const SelfplayBenchOptions& options) {
  const auto network = UntrainedNetwork(environment, options);
  std::atomic<std::int64_t> evaluated{0};
  const auto work = [&](int thread) {
    learner::EvaluatorOptions evaluator_options;
    evaluator_options.batch = options.episodes_per_worker;
    auto evaluator = network->MakeEvaluator(evaluator_options);
    const auto states = RandomStates(environment, options.seed + static_cast<unsigned>(thread),
                                     options.episodes_per_worker);
    std::vector<std::vector<env::Action>> legal(states.size());
    std::vector<search::EvaluationRequest> requests;
    for (std::size_t i = 0; i < states.size(); ++i) {
      states[i]->LegalActions(&legal[i]);
      requests.push_back({states[i].get(), legal[i]});
    }
    std::vector<search::Evaluation> out(requests.size());
    const auto end = Clock::now() + options.duration;
    while (Clock::now() < end) {
      evaluator->Evaluate(requests, out);
      evaluated += static_cast<std::int64_t>(requests.size());
    }
  };
  const auto start = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < options.workers; ++i) threads.emplace_back(work, i);
  }
  return static_cast<double>(evaluated) / SecondsSince(start);
}

}  // namespace

void BenchSelfplay(const env::Environment& environment, const SelfplayBenchOptions& options,
                   const ShowFigure& show) {
  const double bare = BareEvaluator(environment, options);
  const SelfplayRates rates = MeasureSelfplay(environment, options);
  show({"self-play evaluations", rates.evaluations_per_second, "evaluations/s", bare,
        "bare evaluator"});
  show({"self-play moves", rates.actions_per_second, "moves/s", {}, {}});
  show({"self-play games", rates.episodes_per_second, "games/s", {}, {}});
  show({"self-play mean batch", rates.mean_batch, "positions", {}, {}});
}

void BenchWorkers(const env::Environment& environment, SelfplayBenchOptions options,
                  const ShowFigure& show) {
  options.workers = 1;
  const double one = MeasureSelfplay(environment, options).evaluations_per_second;
  options.workers = 2;
  const double two = MeasureSelfplay(environment, options).evaluations_per_second;
  show({"self-play with 2 workers", two, "evaluations/s", one, "1 worker"});
}

}  // namespace tesuji::bench
