#include "env/matmul/discovery.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "campaign/progress.h"
#include "env/matmul/matmul_environment.h"
#include "env/matmul/tensor_check.h"
#include "env/matmul/trajectories.h"
#include "storage/store.h"

namespace tesuji::env::matmul {
namespace {

using Clock = std::chrono::steady_clock;
namespace matmul = env::matmul;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

struct Stored {
  std::uint64_t episodes = 0;
  std::vector<matmul::Scheme> best;
};

/// The schemes of lowest rank in the store; all of it must be of this format and ring.
Result<Stored> ReadStored(const storage::Store& store, const matmul::DiscoverOptions& search) {
  Stored stored;
  std::string problem;
  const auto note = [&](const std::string& what) {
    if (problem.empty()) problem = what;
  };
  store.ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& row) {
        auto scheme = matmul::ParseScheme(row.trajectory.artifact);
        if (row.trajectory.provenance.environment_id != "matmul" || !scheme ||
            scheme->format != search.format || scheme->ring != search.ring) {
          note(fmt::format("{}: trajectory {} is no {} scheme over {}; use another store",
                           store.location(), row.id, search.format.ToText(),
                           matmul::RingName(search.ring)));
          return false;
        }
        stored.episodes = std::max(stored.episodes, row.trajectory.provenance.episode + 1);
        if (!stored.best.empty() && scheme->rank() < stored.best.front().rank()) {
          stored.best.clear();
        }
        if (stored.best.empty() || scheme->rank() == stored.best.front().rank()) {
          stored.best.push_back(std::move(*scheme));
        }
        return true;
      },
      [&](storage::TrajectoryId id, const std::string& reason) {
        note(fmt::format("{}: trajectory {}: {}", store.location(), id, reason));
      });
  if (!problem.empty()) return Fail(problem);
  return stored;
}

/// One run; its callbacks write the store.
class Run {
 public:
  Run(const DiscoveryOptions& options, storage::Store* store, const Stored& before,
      const matmul::MatmulEnvironment& environment, const std::atomic<bool>& stop)
      : options_(options),
        store_(store),
        environment_(environment),
        stop_(stop),
        next_episode_(before.episodes),
        known_rank_(before.best.empty() ? 0 : before.best.front().rank()),
        published_(matmul::PublishedRank(options.search.format, options.search.ring)) {}

  Result<DiscoveryOutcome> Go() {
    matmul::DiscoverCallbacks callbacks;
    callbacks.improved = [this](const matmul::Discovery& found) { Keep(found); };
    callbacks.progress = [this](const matmul::DiscoverProgress& progress) { Show(progress); };
    callbacks.stop = [this] { return stop_.load() || TimeIsUp(); };
    auto result = matmul::DiscoverSchemes(options_.search, callbacks);
    if (!result) return tl::unexpected(result.error());
    if (!failure_.empty()) return Fail(failure_);
    outcome_.flips = result->total_flips;
    outcome_.seconds = Seconds(started_);
    outcome_.best = std::move(result->best);
    outcome_.rank = outcome_.best.empty() ? known_rank_ : outcome_.best.front().rank();
    outcome_.reached_target = result->reached_target;
    outcome_.interrupted = stop_;
    return outcome_;
  }

 private:
  bool TimeIsUp() const {
    return options_.minutes > 0 && Seconds(started_) >= 60 * options_.minutes;
  }

  void Keep(const matmul::Discovery& found) {
    if (known_rank_ > 0 && found.scheme.rank() >= known_rank_) return;
    outcome_.seconds_to_best = Seconds(started_);
    auto trajectory =
        matmul::ToTrajectory(environment_, found, options_.search.seed, next_episode_);
    if (!trajectory) {
      failure_ = trajectory.error().message;
      return;
    }
    trajectory->timing.wall_ms = static_cast<std::int64_t>(1000 * outcome_.seconds_to_best);
    trajectory->timing.started_unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                             std::chrono::system_clock::now().time_since_epoch())
                                             .count() -
                                         trajectory->timing.wall_ms;
    storage::Store::Append row;
    row.split = "train";
    row.trajectory = std::move(*trajectory);
    store_->AppendTrajectories({row});
    ++next_episode_;
    ++outcome_.stored;
    known_rank_ = found.scheme.rank();
    progress_.Announce(fmt::format("rank {} after {:.3g} flips, {:.1f} s{}", known_rank_,
                                   static_cast<double>(found.total_flips), outcome_.seconds_to_best,
                                   Compared()));
  }

  std::string Compared() const {
    if (!published_) return {};
    if (known_rank_ < *published_) return fmt::format(" (below the published {}!)", *published_);
    return fmt::format(" (published: {})", *published_);
  }

  void Show(const matmul::DiscoverProgress& progress) {
    const auto flips = static_cast<double>(progress.total_flips);
    progress_.Show(fmt::format("{} over {}: rank {}, chains at {}; {:.3g} flips, {:.3g} flips/s",
                               progress.format.ToText(), matmul::RingName(options_.search.ring),
                               progress.best_rank, fmt::join(progress.ranks, " "), flips,
                               flips / Seconds(started_)));
  }

  const DiscoveryOptions& options_;
  storage::Store* store_;
  const matmul::MatmulEnvironment& environment_;
  const std::atomic<bool>& stop_;
  std::uint64_t next_episode_;
  int known_rank_;
  std::optional<int> published_;
  Clock::time_point started_ = Clock::now();
  campaign::ProgressLine progress_;
  DiscoveryOutcome outcome_;
  std::string failure_;
};

}  // namespace

Result<DiscoveryOutcome> Discover(const DiscoveryOptions& options, const std::atomic<bool>& stop) {
  auto environment = matmul::MatmulEnvironment::Make(
      {.format = options.search.format, .ring = options.search.ring});
  if (!environment) return tl::unexpected(environment.error());
  std::error_code ignored;
  if (options.store.has_parent_path()) {
    std::filesystem::create_directories(options.store.parent_path(), ignored);
  }
  auto store = storage::Store::Open(options.store, storage::OpenMode::kCreateOrOpen);
  if (!store) return tl::unexpected(store.error());
  auto stored = ReadStored(**store, options.search);
  if (!stored) return tl::unexpected(stored.error());
  (*store)->PutFact("campaign",
                    {{"campaign", {{"name", "discovery"}, {"seed", options.search.seed}}},
                     {"environment", (*environment)->parameters()}});
  DiscoveryOptions going_on = options;
  for (matmul::Scheme& scheme : stored->best) {
    if (options.search.start.empty()) going_on.search.start.push_back(scheme);
  }
  return Run(going_on, store->get(), *stored, **environment, stop).Go();
}

}  // namespace tesuji::env::matmul
