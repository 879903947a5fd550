#include "bench/selfplay.h"

#include <thread>
#include <vector>

#include "campaign/episode_schedule.h"
#include "campaign/network_slot.h"
#include "campaign/selfplay_worker.h"
#include "core/random.h"
#include "search/caching_evaluator.h"

namespace tesuji::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::shared_ptr<const learner::Network> UntrainedNetwork(const env::Environment& environment,
                                                         const SelfplayBenchOptions& options) {
  auto network = learner::Network::Load(
      learner::InitialWeights(environment.spec(), options.network, options.seed),
      environment.spec());
  if (!network) throw MachineError(network.error().message);
  return *network;
}

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

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

}  // namespace

SelfplayBenchResult BenchSelfplay(const env::Environment& environment,
                                  const SelfplayBenchOptions& options) {
  campaign::NetworkSlot slot;
  slot.Set(UntrainedNetwork(environment, options));
  campaign::EpisodeSchedule schedule({}, 0);
  campaign::SelfplayCounters counters;
  std::unique_ptr<search::EvaluationCache> cache;
  if (options.cache_entries > 0) {
    cache =
        std::make_unique<search::EvaluationCache>(static_cast<std::size_t>(options.cache_entries));
  }
  const auto work = [&] {
    campaign::SelfplayWorker::Options worker_options;
    worker_options.environment = &environment;
    worker_options.episode = options.episode;
    worker_options.provenance.campaign_seed = options.seed;
    worker_options.episodes_in_flight = options.episodes_per_worker;
    worker_options.network = &slot;
    worker_options.cache = cache.get();
    worker_options.counters = &counters;
    worker_options.sink = [](env::Trajectory) {};
    campaign::SelfplayWorker worker(std::move(worker_options));
    worker.SetSchedule(&schedule);
    const auto end = Clock::now() + options.duration;
    while (Clock::now() < end) worker.Step();
  };
  const auto start = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < options.workers; ++i) threads.emplace_back(work);
  }
  const double seconds = Seconds(Clock::now() - start);
  SelfplayBenchResult result;
  result.evaluations_per_second = static_cast<double>(counters.evaluations) / seconds;
  result.actions_per_second = static_cast<double>(counters.actions) / seconds;
  result.episodes_per_second = static_cast<double>(counters.episodes) / seconds;
  result.mean_batch =
      static_cast<double>(counters.evaluations) / static_cast<double>(counters.batches);
  return result;
}

double BenchBareEvaluator(const env::Environment& environment,
                          const SelfplayBenchOptions& options) {
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
  return static_cast<double>(evaluated) / Seconds(Clock::now() - start);
}

}  // namespace tesuji::bench
