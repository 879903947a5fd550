#include "campaign/selfplay_worker.h"

#include <chrono>
#include <span>
#include <utility>

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

Status SelfplayWorker::Adopt(const env::EpisodeInFlight& unfinished) {
  auto episode =
      search::Episode::Resume(options_.host->environment(), options_.plan, unfinished.bytes);
  if (!episode) return tl::unexpected(episode.error());
  auto slot = std::make_unique<Slot>();
  slot->episode = std::move(*episode);
  slots_.push_back(std::move(slot));
  return {};
}

void SelfplayWorker::Fill() {
  const env::Environment& environment = options_.host->environment();
  while (static_cast<int>(slots_.size()) < options_.episodes_in_flight) {
    const auto number = options_.host->NextEpisode();
    if (!number) return;  // Numbers may be given again: the next step asks anew.
    env::Provenance provenance = options_.host->provenance();
    provenance.episode = *number;
    provenance.search_settings = options_.plan.json();
    const std::uint64_t seed = provenance.campaign_seed;
    RandomStream task_stream({seed, env::kTaskStream, *number});
    auto episode = search::Episode::Start(
        environment, options_.plan, environment.SampleTask(task_stream), std::move(provenance),
        RandomStream({seed, env::kEpisodeStream, *number}));
    // The environment drew this task itself, so a refusal is the environment's bug.
    if (!episode) throw MachineError("cannot start an episode: " + episode.error().message);
    auto slot = std::make_unique<Slot>();
    slot->episode = std::move(*episode);
    slots_.push_back(std::move(slot));
  }
}

void SelfplayWorker::RefreshPolicy() {
  if (evaluator_ != nullptr && options_.host->policy_version() == policy_version_) return;
  const env::CurrentPolicy current = options_.host->policy();
  policy_version_ = current.version;
  if (options_.first_rollouts > 0 && !current.trained) {
    evaluator_ = std::make_unique<search::UniformEvaluator>(
        options_.first_rollouts, options_.host->provenance().campaign_seed);
    return;
  }
  evaluator_ = current.policy->MakeEvaluator(options_.episodes_in_flight);
  if (options_.cache != nullptr) {
    evaluator_ = std::make_unique<search::CachingEvaluator>(std::move(evaluator_), options_.cache);
  }
}

void SelfplayWorker::Finish(Slot* slot) {
  search::Episode& episode = *slot->episode;
  env::FinishedEpisode finished;
  if (episode.phase() == search::EpisodePhase::kAwaitsJudge) {
    finished.awaits_judge = episode.finished_state().Clone();
    finished.bytes = episode.Serialise();
  }
  finished.trajectory = episode.TakeTrajectory();
  auto& timing = finished.trajectory.timing;
  timing.started_unix_ms = slot->started_unix_ms;
  timing.wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::steady_clock::now() - slot->started)
                       .count();
  options_.host->Finish(std::move(finished));
}

void SelfplayWorker::HandOverFinished() {
  for (std::size_t i = 0; i < slots_.size();) {
    if (slots_[i]->episode->phase() == search::EpisodePhase::kSearching) {
      ++i;
      continue;
    }
    const auto slot = std::move(slots_[i]);
    slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(i));
    Finish(slot.get());
  }
}

bool SelfplayWorker::Step() {
  HandOverFinished();  // First of all: a resumed one may have been finished already.
  Fill();
  if (slots_.empty()) return false;
  RefreshPolicy();
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
  options_.host->Count({.actions = static_cast<std::int64_t>(played),
                        .evaluations = static_cast<std::int64_t>(requests_.size()),
                        .batches = 1});
  return true;
}

std::vector<env::EpisodeInFlight> SelfplayWorker::Unfinished() const {
  std::vector<env::EpisodeInFlight> unfinished;
  for (const auto& slot : slots_) {
    unfinished.push_back({slot->episode->number(), slot->episode->Serialise()});
  }
  return unfinished;
}

}  // namespace tesuji::campaign
