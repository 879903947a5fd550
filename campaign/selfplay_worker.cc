#include "campaign/selfplay_worker.h"

#include <cassert>
#include <chrono>

#include "core/random.h"
#include "core/unix_time.h"
#include "search/uniform_evaluator.h"

namespace tesuji::campaign {

struct SelfplayWorker::Slot {
  std::unique_ptr<search::Episode> episode;
  std::int64_t started_unix_ms = UnixMilliseconds();
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

SelfplayWorker::SelfplayWorker(Options options) : options_(std::move(options)) {}
SelfplayWorker::~SelfplayWorker() = default;

Status SelfplayWorker::Adopt(const storage::UnfinishedEpisode& unfinished) {
  auto episode = search::Episode::Resume(*options_.environment, options_.episode, unfinished.bytes);
  if (!episode) return tl::unexpected(episode.error());
  auto slot = std::make_unique<Slot>();
  slot->episode = std::move(*episode);
  slots_.push_back(std::move(slot));
  return {};
}

void SelfplayWorker::Fill() {
  while (!schedule_ended_ && static_cast<int>(slots_.size()) < options_.episodes_in_flight) {
    const auto number = schedule_->Next();
    if (!number) {
      schedule_ended_ = true;
      return;
    }
    env::Provenance provenance = options_.provenance;
    provenance.episode = *number;
    RandomStream task_stream({provenance.campaign_seed, kTaskStream, *number});
    const env::Task task = options_.environment->SampleTask(task_stream);
    auto episode = search::Episode::Start(
        *options_.environment, options_.episode, task, std::move(provenance),
        RandomStream({options_.provenance.campaign_seed, kEpisodeStream, *number}));
    // The environment drew this task itself, so a refusal is the environment's bug.
    if (!episode) throw MachineError("cannot start an episode: " + episode.error().message);
    auto slot = std::make_unique<Slot>();
    slot->episode = std::move(*episode);
    slots_.push_back(std::move(slot));
  }
}

void SelfplayWorker::RefreshNetwork() {
  const std::uint64_t version = options_.network->version();
  if (evaluator_ != nullptr && version == network_version_) return;
  network_ = options_.network->Get();
  network_version_ = version;
  if (options_.first_rollouts > 0 && !options_.network->trained()) {
    evaluator_ = std::make_unique<search::UniformEvaluator>(options_.first_rollouts,
                                                            options_.provenance.campaign_seed);
    return;
  }
  learner::EvaluatorOptions evaluator_options;
  evaluator_options.batch = options_.episodes_in_flight;
  evaluator_ = network_->MakeEvaluator(evaluator_options);
  if (options_.cache != nullptr) {
    evaluator_ = std::make_unique<search::CachingEvaluator>(std::move(evaluator_), options_.cache);
  }
}

void SelfplayWorker::Finish(Slot* slot) {
  const std::int64_t evaluations = slot->episode->evaluations();
  env::Trajectory trajectory = slot->episode->TakeTrajectory();
  trajectory.timing.started_unix_ms = slot->started_unix_ms;
  trajectory.timing.wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::steady_clock::now() - slot->started)
                                  .count();
  trajectory.timing.evaluations = evaluations;
  options_.counters->episodes.fetch_add(1, std::memory_order_relaxed);
  options_.sink(std::move(trajectory));
}

bool SelfplayWorker::Step() {
  // Episodes that have ended leave first: a resumed one may have been finished already.
  for (std::size_t i = 0; i < slots_.size();) {
    if (slots_[i]->episode->phase() == search::EpisodePhase::kFinished) {
      Finish(slots_[i].get());
      slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  Fill();
  if (slots_.empty()) return false;
  RefreshNetwork();
  requests_.clear();
  request_counts_.clear();
  for (const auto& slot : slots_) {
    const std::size_t before = requests_.size();
    if (slot->episode->phase() == search::EpisodePhase::kSearching) {
      slot->episode->CollectRequests(&requests_);
    }
    request_counts_.push_back(requests_.size() - before);
  }
  evaluations_.resize(requests_.size());
  evaluator_->Evaluate(requests_, evaluations_);
  const std::string checkpoint = evaluator_->checkpoint_hash();
  std::size_t played = 0;
  std::span<search::Evaluation> rest(evaluations_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (request_counts_[i] == 0) continue;
    auto& episode = *slots_[i]->episode;
    const std::size_t steps = episode.step_count();
    episode.Provide(rest.first(request_counts_[i]), checkpoint);
    played += episode.step_count() - steps;
    rest = rest.subspan(request_counts_[i]);
  }
  options_.counters->evaluations.fetch_add(static_cast<std::int64_t>(requests_.size()),
                                           std::memory_order_relaxed);
  options_.counters->actions.fetch_add(static_cast<std::int64_t>(played),
                                       std::memory_order_relaxed);
  options_.counters->batches.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::vector<storage::UnfinishedEpisode> SelfplayWorker::Unfinished() const {
  std::vector<storage::UnfinishedEpisode> unfinished;
  for (const auto& slot : slots_) {
    unfinished.push_back({slot->episode->number(), slot->episode->Serialise()});
  }
  return unfinished;
}

}  // namespace tesuji::campaign
