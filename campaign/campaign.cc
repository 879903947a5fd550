#include "campaign/campaign.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "api/replay.h"
#include "campaign/episode_schedule.h"
#include "campaign/evaluation.h"
#include "campaign/learning.h"
#include "campaign/network_slot.h"
#include "campaign/progress.h"
#include "campaign/selfplay_worker.h"
#include "core/random.h"
#include "core/version.h"
#include "env/program/evaluation.h"
#include "env/program/guide/dream_rows.h"
#include "env/program/worker.h"
#include "learner/backend.h"
#include "search/caching_evaluator.h"
#include "search/options_json.h"
#include "storage/writer.h"

namespace tesuji::campaign {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSplitStream = 3;

/// The keys that a store cannot change in mid-campaign. A key that the store was made before had
/// its default then.
Status CheckSameCampaign(const Json& stored, const Json& now, const std::string& path) {
  const Json defaults = DefaultValues();
  for (const char* section : {"environment", "network"}) {
    for (const auto& [key, value] : now[section].items()) {
      const Json unset = defaults[section].value(key, Json());
      const Json before = stored.value(section, Json::object()).value(key, unset);
      if (before != value) {
        return Fail(fmt::format(
            "{}: holds a campaign with {}.{} = {}, the campaign file says {}; use another store "
            "(--store) or the old value",
            path, section, key, before.dump(), value.dump()));
      }
    }
  }
  const Json before = stored.value("campaign", Json::object()).value("seed", Json());
  if (before != now["campaign"]["seed"]) {
    return Fail(fmt::format("{}: holds a campaign with seed {}, the campaign file says {}", path,
                            before.dump(), now["campaign"]["seed"].dump()));
  }
  return {};
}

/// The numbers of all stored episodes, rejected ones included.
std::vector<std::uint64_t> EpisodeNumbers(const storage::Store& store, std::uint64_t seed) {
  std::vector<std::uint64_t> numbers;
  store.ForEachSummary(1,
                       [&](const storage::TrajectorySummary& summary) {
                         if (summary.campaign_seed == seed) numbers.push_back(summary.episode);
                         return true;
                       },
                       {});
  return numbers;
}

/// Lets the learner ask workers to make room.
class PauseGate {
 public:
  void Set(bool paused) {
    {
      const std::lock_guard lock(mutex_);
      paused_ = paused;
    }
    changed_.notify_all();
  }
  void WaitWhilePaused(const std::atomic<bool>& quit) {
    std::unique_lock lock(mutex_);
    while (paused_ && !quit) changed_.wait_for(lock, std::chrono::milliseconds(50));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool paused_ = false;
};

}  // namespace

struct Campaign::Impl {
  CampaignConfig config;
  std::unique_ptr<const env::Environment> environment;
  std::shared_ptr<const arena::GameHooks> match_hooks;  ///< May be null.
  std::unique_ptr<storage::Store> store;
  NetworkSlot network;

  // Of one Run().
  const std::atomic<bool>* stop = nullptr;
  std::atomic<bool> quit{false};  ///< Limit reached, stopped, or a thread failed.
  std::unique_ptr<storage::Writer> writer;
  std::unique_ptr<Learning> learning;
  std::unique_ptr<EpisodeSchedule> schedule;
  std::unique_ptr<search::EvaluationCache> cache;
  std::vector<std::unique_ptr<Worker>> workers;
  std::unique_ptr<env::program::Curriculum> curriculum;  ///< Programs by enumeration only.
  std::vector<env::program::ProgramTask> program_tasks;  ///< Score checkpoints, never teach.
  SelfplayCounters counters;
  std::atomic<std::int64_t> rejected{0};
  PauseGate gate;
  std::mutex failure_mutex;
  std::exception_ptr failure;
  std::unique_ptr<ProgressLine> progress;
  Clock::time_point started;
  std::string last_generation;

  bool TimeIsUp() const {
    if (config.campaign.minutes <= 0) return false;
    return std::chrono::duration<double, std::ratio<60>>(Clock::now() - started).count() >=
           config.campaign.minutes;
  }
  bool ShouldQuit() {
    if (*stop || TimeIsUp()) quit = true;
    return quit;
  }

  Status Prepare(CampaignOutcome* outcome);
  Status MakeProgramWorkers(const env::Provenance& provenance);
  void ScorePrograms(std::int64_t checkpoint);
  void Sink(env::Trajectory trajectory);
  void RunAlone();
  void RunTogether();
  void WorkerThread(std::size_t index);
  void Generation();
  void ShowProgress();
  void NoteFailure();
  void Close(CampaignOutcome* outcome);
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
  learner::RequireBackend();  // Before there is a store that holds nothing but these settings.
  const auto path = config.store_path();
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  auto store = storage::Store::Open(path, storage::OpenMode::kCreateOrOpen);
  if (!store) return tl::unexpected(store.error());
  impl->store = std::move(*store);
  if (const auto stored = impl->store->GetFact("campaign")) {
    if (auto same = CheckSameCampaign(*stored, config.values, path.string()); !same) {
      return tl::unexpected(same.error());
    }
  }
  impl->store->PutFact("campaign", config.values);
  impl->config = std::move(config);
  return std::unique_ptr<Campaign>(new Campaign(std::move(impl)));
}

Status Campaign::Impl::Prepare(CampaignOutcome* outcome) {
  started = Clock::now();
  progress = std::make_unique<ProgressLine>();
  learning = std::make_unique<Learning>(*environment, config, store.get(), &network);
  if (auto status = learning->Start(); !status) return status;
  writer = std::make_unique<storage::Writer>(store.get());

  const auto unfinished = store->GetUnfinished();
  std::vector<std::uint64_t> taken = EpisodeNumbers(*store, config.campaign.seed);
  env::Provenance provenance;
  provenance.environment_id = environment->spec().id;
  provenance.environment_version = environment->spec().version;
  provenance.environment_parameters = environment->parameters();
  provenance.software_version = kSoftwareVersion;
  provenance.campaign_seed = config.campaign.seed;
  provenance.search_settings = search::ToJson(config.episode);
  if (config.selfplay.cache_entries > 0) {
    cache = std::make_unique<search::EvaluationCache>(
        static_cast<std::size_t>(config.selfplay.cache_entries));
  }
  if (config.programs.enumerate) {
    if (auto status = MakeProgramWorkers(provenance); !status) return status;
  }
  for (int i = 0; i < config.selfplay.workers && !config.programs.enumerate; ++i) {
    SelfplayWorker::Options options;
    options.environment = environment.get();
    options.episode = config.episode;
    options.provenance = provenance;
    options.episodes_in_flight = config.selfplay.episodes_per_worker;
    options.first_rollouts = config.selfplay.first_rollouts;
    options.network = &network;
    options.cache = cache.get();
    options.counters = &counters;
    options.sink = [this](env::Trajectory trajectory) { Sink(std::move(trajectory)); };
    workers.push_back(std::make_unique<SelfplayWorker>(std::move(options)));
  }
  for (const auto& episode : unfinished) {
    auto& worker = workers[static_cast<std::size_t>(outcome->resumed_unfinished) % workers.size()];
    if (auto status = worker->Adopt(episode); !status) {
      progress->Announce(fmt::format("episode {} cannot go on and is played again: {}",
                                     episode.episode, status.error().message));
      continue;
    }
    taken.push_back(episode.episode);
    ++outcome->resumed_unfinished;
  }
  schedule = std::make_unique<EpisodeSchedule>(
      std::move(taken), static_cast<std::uint64_t>(config.campaign.episodes));
  outcome->replayed_missing = static_cast<std::int64_t>(schedule->missing());
  for (auto& worker : workers) worker->SetSchedule(schedule.get());
  return {};
}

Status Campaign::Impl::MakeProgramWorkers(const env::Provenance& provenance) {
  // The registry made it under the id "program", which ReadCampaign() has checked.
  const auto* programs = dynamic_cast<const env::program::ProgramEnvironment*>(environment.get());
  if (programs == nullptr) return Fail("programs.enumerate needs the environment \"program\"");
  auto tasks = env::program::EvaluationTasks(config.programs, programs->options().dream_nodes,
                                             config.campaign.seed);
  if (!tasks) return tl::unexpected(tasks.error());
  program_tasks = std::move(*tasks);
  if (config.programs.dream_share > 0) {
    env::program::DreamRowsOptions dreams;
    dreams.share = config.programs.dream_share;
    dreams.max_nodes = programs->options().dream_nodes;
    learning->TeachFrom(std::make_unique<env::program::DreamRows>(
                            learning->stored_rows(), *programs, &program_tasks, dreams),
                        1 - dreams.share);
  }
  curriculum = std::make_unique<env::program::Curriculum>(config.programs.first_nodes,
                                                          programs->options().dream_nodes);
  for (int i = 0; i < config.selfplay.workers; ++i) {
    env::program::ProgramWorker::Options options;
    options.environment = programs;
    options.programs = config.programs;
    options.provenance = provenance;
    options.provenance.search_settings = config.values.value("programs", Json::object());
    options.provenance.search_settings.erase("evaluation_tasks");
    options.network = &network;
    options.curriculum = curriculum.get();
    options.counters = &counters;
    options.forbidden = &program_tasks;
    options.lane = static_cast<unsigned>(i);
    options.sink = [this](env::Trajectory trajectory) { Sink(std::move(trajectory)); };
    auto worker = env::program::ProgramWorker::Make(std::move(options));
    if (!worker) return tl::unexpected(worker.error());
    workers.push_back(std::move(*worker));
  }
  return {};
}

void Campaign::Impl::ScorePrograms(std::int64_t checkpoint) {
  auto guide = env::program::NetworkGuide(network.Get());
  const auto metrics = env::program::EvaluatePrograms(
      program_tasks, checkpoint, guide.get(), config.programs, [this] { return ShouldQuit(); });
  if (metrics.empty()) return;
  store->PutMetrics(metrics);
  std::string line = fmt::format("generation {}:", checkpoint);
  for (const auto& metric : metrics) line += fmt::format(" {} {:.4g}", metric.name, metric.value);
  progress->Announce(line);
}

void Campaign::Impl::Sink(env::Trajectory trajectory) {
  storage::Store::Append row;
  RandomStream split({config.campaign.seed, kSplitStream, trajectory.provenance.episode});
  const bool heldout = split.Chance(config.storage.heldout_fraction);
  row.split = heldout ? "heldout" : "train";
  const auto problems = verifier::ReplayTrajectory(*environment, trajectory);
  if (problems.empty()) {
    learning->Add(trajectory, heldout);
  } else {
    row.status = storage::TrajectoryStatus::kRejected;
    trajectory.evidence["rejected"] = problems;
    rejected.fetch_add(1, std::memory_order_relaxed);
  }
  row.trajectory = std::move(trajectory);
  writer->Append(std::move(row));
}

void Campaign::Impl::Generation() {
  auto report = learning->RunGeneration([this] { return ShouldQuit(); });
  if (!report) return;
  std::string bits = "-";
  for (const auto& metric : report->metrics) {
    if (metric.name == "bits_per_action") bits = fmt::format("{:.3f}", metric.value);
  }
  last_generation = fmt::format("generation {}: {} games, {} steps, loss {:.3f}, bits/move {}",
                                report->checkpoint.id, report->checkpoint.episodes,
                                report->training.steps, report->training.loss, bits);
  progress->Announce(
      fmt::format("{} ({:.0f} rows/s)", last_generation, report->training.rows_per_second));
  const auto& evaluation = config.evaluation;
  if (evaluation.every > 0 && report->checkpoint.id % evaluation.every == 0) {
    if (config.programs.enumerate) ScorePrograms(report->checkpoint.id);
    Evaluation(*environment, config, store.get(), match_hooks)
        .EvaluateGeneration(report->checkpoint.id, [this] { return ShouldQuit(); });
  }
}

void Campaign::Impl::ShowProgress() {
  const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  const double per_second = seconds > 0 ? 1 / seconds : 0;
  progress->Show(fmt::format(
      "{:3.0f}:{:02.0f}  {} games (next generation at {})  {:.2f} games/s  {:.0f} evals/s  {} rows"
      "  generation {}",
      std::floor(seconds / 60), std::fmod(std::floor(seconds), 60), learning->episodes(),
      learning->episodes_for_next(), static_cast<double>(counters.episodes) * per_second,
      static_cast<double>(counters.evaluations) * per_second, learning->window_rows(),
      learning->generation()));
}

void Campaign::Impl::NoteFailure() {
  const std::lock_guard lock(failure_mutex);
  if (!failure) failure = std::current_exception();
  quit = true;
}

void Campaign::Impl::RunAlone() {
  auto last_shown = Clock::now();
  while (!ShouldQuit() && workers[0]->Step()) {
    if (learning->due()) Generation();
    if (Clock::now() - last_shown > std::chrono::milliseconds(500)) {
      ShowProgress();
      last_shown = Clock::now();
    }
  }
}

void Campaign::Impl::WorkerThread(std::size_t index) {
  const bool makes_room =
      index + static_cast<std::size_t>(config.selfplay.paused_while_learning) >= workers.size();
  // Playouts make episodes far faster than a network learns from them, so all wait for the first
  // training; the second would have to take in everything that was made meanwhile.
  const auto awaits_network = [&] {
    return config.selfplay.first_rollouts > 0 && !network.trained();
  };
  try {
    while (!quit && workers[index]->Step()) {
      if (makes_room || awaits_network()) gate.WaitWhilePaused(quit);
    }
  } catch (...) {
    NoteFailure();
  }
}

void Campaign::Impl::RunTogether() {
  std::atomic<std::size_t> working{workers.size()};
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    threads.emplace_back([this, i, &working] {
      WorkerThread(i);
      --working;
    });
  }
  std::jthread reporter([this](const std::stop_token& token) {
    while (!token.stop_requested() && !quit) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any().wait_for(lock, token, std::chrono::milliseconds(500),
                                             [] { return false; });
      ShouldQuit();
      ShowProgress();
    }
  });
  try {
    while (!ShouldQuit() && working > 0) {
      if (learning->due()) {
        gate.Set(true);
        Generation();
        gate.Set(false);
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
    if (!quit && learning->due()) Generation();
  } catch (...) {
    NoteFailure();
  }
  gate.Set(false);
}

void Campaign::Impl::Close(CampaignOutcome* outcome) {
  writer->Close();
  std::vector<storage::UnfinishedEpisode> unfinished;
  for (const auto& worker : workers) {
    for (auto& episode : worker->Unfinished()) unfinished.push_back(std::move(episode));
  }
  store->PutUnfinished(unfinished);
  outcome->kept_unfinished = static_cast<std::int64_t>(unfinished.size());
  outcome->episodes = counters.episodes;
}

CampaignOutcome Campaign::Run(const std::atomic<bool>& stop) {
  CampaignOutcome outcome;
  auto& impl = *impl_;
  impl.stop = &stop;
  if (auto status = impl.Prepare(&outcome); !status) throw MachineError(status.error().message);
  if (impl.workers.size() == 1) {
    impl.RunAlone();
  } else {
    impl.RunTogether();
  }
  if (impl.failure) std::rethrow_exception(impl.failure);
  impl.Close(&outcome);
  outcome.interrupted = stop;
  if (!outcome.interrupted) {
    Evaluation(*impl.environment, impl.config, impl.store.get(), impl.match_hooks)
        .EvaluateFinally([&] { return stop.load(); }, impl.progress.get());
  }
  return outcome;
}

}  // namespace tesuji::campaign
