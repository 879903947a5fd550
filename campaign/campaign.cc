#include "campaign/campaign.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "campaign/change_signal.h"
#include "campaign/crew.h"
#include "campaign/episode_schedule.h"
#include "campaign/evaluation.h"
#include "campaign/generations.h"
#include "campaign/host.h"
#include "campaign/intake.h"
#include "campaign/judge_source.h"
#include "campaign/judging.h"
#include "campaign/learning.h"
#include "campaign/lone_agent.h"
#include "campaign/policy_slot.h"
#include "campaign/progress.h"
#include "campaign/resume.h"
#include "campaign/run_limits.h"
#include "campaign/selfplay_producer.h"
#include "campaign/split.h"
#include "core/version.h"
#include "learner/backend.h"
#include "storage/holdings.h"
#include "storage/writer.h"

namespace tesuji::campaign {
namespace {

/// The producer that the campaign file chose.
Result<std::unique_ptr<env::Producer>> MakeProducer(const CampaignConfig& config,
                                                    const env::Environment& environment,
                                                    const env::Registry& registry) {
  for (const auto& factory : registry.producers()) {
    if (factory.section != config.producer.section) continue;
    env::ProducerSetup setup;
    setup.environment = &environment;
    setup.settings = config.producer.settings;
    setup.campaign_seed = config.campaign.seed;
    setup.threads = config.selfplay.workers;
    return factory.make(setup);
  }
  return MakeSelfplayProducer(config);
}

/// Shows the producer what the store holds, where it asks for that.
Status RecallStored(const storage::Store& store, env::Producer* producer) {
  Status recalled;
  if (!producer->recalls()) return recalled;
  const auto refuse = [&](storage::TrajectoryId id, const std::string& reason) {
    if (!recalled) return;
    recalled = Fail(fmt::format("{}: trajectory {}: {}; use another store (--store)",
                                store.location(), id, reason));
  };
  store.ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        if (stored.status != storage::TrajectoryStatus::kVerified) return true;
        const Status good = producer->Recall(stored.trajectory);
        if (!good) refuse(stored.id, good.error().message);
        return recalled.has_value();
      },
      refuse);
  return recalled;
}

env::Provenance CommonProvenance(const env::Environment& environment, std::uint64_t seed) {
  env::Provenance provenance;
  provenance.environment_id = environment.spec().id;
  provenance.environment_version = environment.spec().version;
  provenance.environment_parameters = environment.parameters();
  provenance.software_version = kSoftwareVersion;
  provenance.campaign_seed = seed;
  return provenance;
}

}  // namespace

struct Campaign::Impl {
  CampaignConfig config;
  std::shared_ptr<const env::Environment> environment;  ///< Shared with a judge that hangs.
  std::shared_ptr<const arena::GameHooks> match_hooks;  ///< May be null.
  std::unique_ptr<env::Producer> producer;
  JudgeSource judge;
  std::unique_ptr<storage::Store> store;
  Json changes;  ///< Of settings, since the store was last opened: CompareWithStore().
};

/// One Run(): its parts in the order in which they are made.
class Campaign::Runner {
 public:
  Runner(Impl* campaign, const std::atomic<bool>& stop)
      : config_(campaign->config),
        environment_(*campaign->environment),
        producer_(*campaign->producer),
        judge_(campaign->judge),
        store_(*campaign->store),
        changes_(campaign->changes),
        limits_(stop, config_.campaign.minutes),
        evaluation_(environment_, config_, &store_, campaign->match_hooks) {}

  Status Prepare(CampaignOutcome* outcome);
  void Play();
  void Close(CampaignOutcome* outcome);
  void Evaluate();

 private:
  Status MakeWorkers();
  void MakeJudging();
  std::function<void(env::FinishedEpisode)> TakerOfUnjudged();
  std::vector<std::uint64_t> AdoptUnfinished(CampaignOutcome* outcome);
  Status StartLearning();
  void ShowProgress();

  const CampaignConfig& config_;
  const env::Environment& environment_;
  env::Producer& producer_;
  const JudgeSource& judge_;
  storage::Store& store_;
  const Json& changes_;  ///< Of settings.
  RunLimits limits_;
  ChangeSignal changed_;
  Evaluation evaluation_;
  ProgressLine progress_;
  PolicySlot policy_;
  std::unique_ptr<Learning> learning_;  ///< Null when the producer does not learn.
  std::optional<storage::Writer> writer_;
  std::optional<Generations> generations_;  ///< With learning_, as is split_.
  std::optional<Split> split_;
  std::optional<Intake> intake_;
  std::optional<CampaignHost> host_;
  std::optional<EpisodeSchedule> schedule_;
  std::optional<Judging> judging_;  ///< Where there is a judge.
  std::vector<std::unique_ptr<env::ProducerWorker>> workers_;
};

Campaign::Campaign(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Campaign::~Campaign() = default;
const storage::Store& Campaign::store() const { return *impl_->store; }

Result<std::unique_ptr<Campaign>> Campaign::Open(CampaignConfig config,
                                                 const env::Registry& registry,
                                                 const arena::GameHooksMaker& hooks) {
  auto impl = std::make_unique<Impl>();
  auto environment = registry.Make(config.environment.id, config.environment.parameters);
  if (!environment) return tl::unexpected(environment.error());
  impl->environment = std::move(*environment);
  if (hooks) impl->match_hooks = hooks(*impl->environment);
  auto producer = MakeProducer(config, *impl->environment, registry);
  if (!producer) return tl::unexpected(producer.error());
  impl->producer = std::move(*producer);
  auto judge = FindJudge(config, registry, impl->environment);
  if (!judge) return tl::unexpected(judge.error());
  impl->judge = std::move(*judge);
  if (!impl->judge.make) {
    if (auto status = CheckNeedsNoJudge(*impl->environment, config.campaign.seed); !status) {
      return tl::unexpected(status.error());
    }
  }
  // Before there is a store that holds nothing but these settings.
  if (impl->producer->learns()) learner::RequireBackend(config.learner.trainer.device);
  const auto path = config.store_path();
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  auto store = storage::Store::Open(path, storage::OpenMode::kCreateOrOpen);
  if (!store) return tl::unexpected(store.error());
  impl->store = std::move(*store);
  const storage::Holdings holdings(*impl->store, registry);
  if (auto takes = holdings.Takes(*impl->environment); !takes) {
    return tl::unexpected(takes.error());
  }
  auto changes = CompareWithStore(*impl->store, impl->producer->learns(), &config);
  if (!changes) return tl::unexpected(changes.error());
  // The store may hold values for keys of earlier versions.
  producer = MakeProducer(config, *impl->environment, registry);
  if (!producer) return tl::unexpected(producer.error());
  impl->producer = std::move(*producer);
  if (auto status = RecallStored(*impl->store, impl->producer.get()); !status) {
    return tl::unexpected(status.error());
  }
  RecordSettings(impl->store.get(), config, *changes);
  impl->changes = std::move(*changes);
  impl->config = std::move(config);
  return std::unique_ptr<Campaign>(new Campaign(std::move(impl)));
}

Status Campaign::Runner::Prepare(CampaignOutcome* outcome) {
  for (const Json& change : changes_) {
    progress_.Announce(fmt::format("{} changes from {} to {}; the store records it",
                                   change.at("key").get<std::string>(), change.at("from").dump(),
                                   change.at("to").dump()));
  }
  if (producer_.learns()) {
    if (auto status = StartLearning(); !status) return status;
  }
  writer_.emplace(&store_);
  intake_.emplace(IntakeOptions{.environment = &environment_,
                                .writer = &*writer_,
                                .learning = learning_.get(),
                                .split = split_ ? &*split_ : nullptr,
                                .progress = &progress_,
                                .limits = &limits_,
                                .changed = &changed_,
                                .judge = TakerOfUnjudged()});
  host_.emplace(HostParts{.environment = &environment_,
                          .policy = &policy_,
                          .intake = &*intake_,
                          .limits = &limits_,
                          .progress = &progress_},
                CommonProvenance(environment_, config_.campaign.seed));
  if (auto status = MakeWorkers(); !status) return status;
  schedule_.emplace(AdoptUnfinished(outcome),
                    static_cast<std::uint64_t>(config_.campaign.episodes));
  if (schedule_->missing() > 0) {
    progress_.Announce(
        fmt::format("{} episodes that an earlier process did not finish are played again",
                    schedule_->missing()));
  }
  host_->SetSchedule(&*schedule_);
  MakeJudging();
  return {};
}

Status Campaign::Runner::StartLearning() {
  const bool self_play = config_.producer.section.empty();
  if (self_play) PutLoneAgentFact(environment_, &store_);
  split_.emplace(
      Split::Of(environment_, &store_, config_.campaign.seed, config_.storage.heldout_fraction));
  learning_ = std::make_unique<Learning>(environment_, config_, &store_, &policy_);
  if (auto status = learning_->Start(); !status) return status;
  if (learning_->refused() > 0) {
    progress_.Announce(
        fmt::format("stored episodes that cannot be replayed and are not learned from: {}; the "
                    "first: {}; `tesuji verify` lists all",
                    learning_->refused(), learning_->first_refusal()));
  }
  learning_->TeachFrom(producer_.TeachFrom(learning_->stored_rows()));
  generations_.emplace(GenerationsParts{.environment = &environment_,
                                        .config = &config_,
                                        .producer = &producer_,
                                        .store = &store_,
                                        .learning = learning_.get(),
                                        .evaluation = &evaluation_,
                                        .limits = &limits_,
                                        .progress = &progress_,
                                        .self_play = self_play,
                                        .judged = judge_.make != nullptr});
  return {};
}

/// Empty: there is no judge.
std::function<void(env::FinishedEpisode)> Campaign::Runner::TakerOfUnjudged() {
  if (!judge_.make) return {};
  return [this](env::FinishedEpisode episode) { judging_->Put(std::move(episode)); };
}

void Campaign::Runner::MakeJudging() {
  if (!judge_.make) return;
  JudgingOptions options;
  options.source = judge_;
  options.queue = QueueOptions(config_.judge);
  options.store = &store_;
  options.keep = [this](env::Trajectory trajectory) { intake_->Keep(std::move(trajectory)); };
  options.play_again = [this](std::uint64_t number) { return schedule_->PlayAgain(number); };
  options.stopping = [this] { return limits_.Over(); };
  options.announce = [this](const std::string& line) { progress_.Announce(line); };
  options.one_thread = workers_.size() == 1;
  judging_.emplace(std::move(options));
  if (config_.evaluation.every > 0 || config_.evaluation.final_games > 0) {
    progress_.Announce("no matches are played: a judge scores these episodes, not the rules alone");
  }
}

Status Campaign::Runner::MakeWorkers() {
  const int count = producer_.workers(config_.selfplay.workers);
  for (int i = 0; i < count; ++i) {
    auto worker = producer_.MakeWorker(i, &*host_);
    if (!worker) return tl::unexpected(worker.error());
    workers_.push_back(std::move(*worker));
  }
  return {};
}

/// The numbers of the episodes that need not be made anew: stored ones and those in flight.
std::vector<std::uint64_t> Campaign::Runner::AdoptUnfinished(CampaignOutcome* outcome) {
  std::vector<std::uint64_t> taken = EpisodeNumbers(store_, config_.campaign.seed);
  for (const auto& episode : store_.GetUnfinished()) {
    auto& worker =
        workers_[static_cast<std::size_t>(outcome->resumed_unfinished) % workers_.size()];
    if (auto status = worker->Adopt({episode.episode, episode.bytes}); !status) {
      progress_.Announce(fmt::format("episode {} cannot go on and is played again: {}",
                                     episode.episode, status.error().message));
      continue;
    }
    taken.push_back(episode.episode);
    ++outcome->resumed_unfinished;
  }
  return taken;
}

void Campaign::Runner::Play() {
  CrewOptions crew;
  crew.workers = &workers_;
  crew.limits = &limits_;
  crew.changed = &changed_;
  crew.generation_due = [this] { return generations_ && generations_->due(); };
  crew.run_generation = [this] { generations_->RunNext(); };
  crew.show_progress = [this] { ShowProgress(); };
  crew.paused_while_learning = config_.selfplay.paused_while_learning;
  // Playouts make episodes far faster than a network learns from them, so all wait for the first
  // training; the second would have to take in everything that was made meanwhile.
  crew.all_pause = [this] { return config_.selfplay.first_rollouts > 0 && !policy_.Get().trained; };
  crew.must_wait = [this] { return learning_ && learning_->behind(); };
  if (judging_) {
    crew.awaiting = [this] { return judging_->awaiting(); };
    crew.deliver = [this] {
      if (workers_.size() == 1) {
        judging_->DeliverAll();
      } else {
        judging_->Deliver(std::chrono::milliseconds(100));
      }
    };
  }
  RunCrew(crew);
}

void Campaign::Runner::ShowProgress() {
  const double seconds = limits_.seconds();
  const double per_second = seconds > 0 ? 1 / seconds : 0;
  std::string line = fmt::format("{:3.0f}:{:02.0f}  ", std::floor(seconds / 60),
                                 std::fmod(std::floor(seconds), 60));
  if (learning_ != nullptr) {
    line +=
        fmt::format("{} games  {:.2f} games/s  {:.0f} evals/s  {} rows  {}", learning_->episodes(),
                    static_cast<double>(intake_->episodes()) * per_second,
                    static_cast<double>(host_->totals().evaluations) * per_second,
                    learning_->window_rows(), generations_->Words());
  } else {
    line += fmt::format("{} new episodes", intake_->episodes());
  }
  for (const std::string& more : {producer_.Progress(), intake_->rejections().Words()}) {
    if (!more.empty()) line += "  " + more;
  }
  if (judging_) line += "  " + judging_->Progress(seconds);
  progress_.Show(line);
}

void Campaign::Runner::Close(CampaignOutcome* outcome) {
  std::vector<storage::UnfinishedEpisode> unfinished;
  if (judging_) {
    unfinished = judging_->Close();
    outcome->left_a_thread = judging_->left_a_thread();
  }
  writer_->Close();
  for (const auto& worker : workers_) {
    for (auto& episode : worker->Unfinished()) {
      unfinished.push_back({episode.episode, std::move(episode.bytes)});
    }
  }
  store_.PutUnfinished(unfinished);
  outcome->kept_unfinished = static_cast<std::int64_t>(unfinished.size());
  outcome->episodes = intake_->episodes();
  outcome->interrupted = limits_.asked();
  outcome->given_up = intake_->rejections().Excess();
  if (generations_) outcome->nothing_trained = generations_->WhyNone();
}

void Campaign::Runner::Evaluate() {
  if (learning_ == nullptr || judging_) return;
  Evaluation::FinalTime time;
  time.over = [this] { return limits_.FinalGamesOver(); };
  if (config_.campaign.minutes > 0) {
    time.words = fmt::format(" (they end at minute {:.3g}: campaign.minutes and a quarter more)",
                             config_.campaign.minutes * (1 + RunLimits::kFinalShare));
  }
  evaluation_.EvaluateFinally(time, &progress_);
}

CampaignOutcome Campaign::Run(const std::atomic<bool>& stop) {
  CampaignOutcome outcome;
  Runner runner(impl_.get(), stop);
  if (auto status = runner.Prepare(&outcome); !status) throw MachineError(status.error().message);
  runner.Play();
  runner.Close(&outcome);
  if (!outcome.interrupted && outcome.given_up.empty()) runner.Evaluate();
  return outcome;
}

}  // namespace tesuji::campaign
