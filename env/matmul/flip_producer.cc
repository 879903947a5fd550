#include "env/matmul/flip_producer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/unix_time.h"
#include "env/matmul/flip_settings.h"
#include "env/matmul/scheme_search.h"
#include "env/matmul/trajectories.h"

namespace tesuji::env::matmul {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

/// What the progress line says of the search. Any thread.
class ProgressText {
 public:
  void Set(std::string text) {
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
  }
  std::string Get() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// What producer and worker share.
struct FlipCampaign {
  const MatmulEnvironment& environment;
  const DiscoverOptions options;
  FlipOutcome* outcome;
  std::vector<Scheme> known;  ///< The best of the store.
  ProgressText progress;

  int known_rank() const { return known.empty() ? 0 : known.front().rank(); }
};

class FlipWorker final : public ProducerWorker {
 public:
  FlipWorker(FlipCampaign* campaign, ProducerHost* host)
      : campaign_(*campaign),
        host_(*host),
        known_rank_(campaign->known_rank()),
        published_(PublishedRank(campaign->options.format, campaign->options.ring)) {
    outcome_.rank = known_rank_;
    outcome_.best = campaign_.known;
  }
  ~FlipWorker() override {
    if (campaign_.outcome != nullptr) *campaign_.outcome = outcome_;
  }

  Status Adopt(const EpisodeInFlight& episode) override {
    const Json saved = Json::parse(episode.bytes, nullptr, /*allow_exceptions=*/false);
    if (!saved.is_object() || !saved.contains("options") || !saved.contains("search")) {
      return Fail("the saved search cannot be read");
    }
    if (saved["options"] != SearchIdentity()) {
      return Fail("the search was begun with other settings of [flips]");
    }
    auto search = SchemeSearch::Resume(campaign_.options, Callbacks(), saved["search"]);
    if (!search) return tl::unexpected(search.error());
    search_ = std::move(*search);
    number_ = episode.episode;
    flips_before_ = search_->result().total_flips;
    return {};
  }

  bool Step() override {
    if (TargetReached()) {
      outcome_.reached_target = true;
      return false;
    }
    if (!TakeNumber()) return false;
    if (search_ == nullptr) search_ = BeginSearch();
    if (const Status status = search_->Round(); !status) {
      throw std::runtime_error(status.error().message);
    }
    const DiscoverResult result = search_->result();
    outcome_.flips = result.total_flips - flips_before_;
    outcome_.reached_target = result.reached_target;
    if (!result.best.empty() &&
        (outcome_.rank == 0 || result.best.front().rank() <= outcome_.rank)) {
      outcome_.best = result.best;
      outcome_.rank = result.best.front().rank();
    }
    if (result.reached_target) return false;
    // With a number the search is an episode in flight, which a stop keeps.
    return TakeNumber() && !search_->over();
  }

  std::vector<EpisodeInFlight> Unfinished() const override {
    if (!number_ || search_ == nullptr) return {};
    return {{*number_, Json{{"options", SearchIdentity()}, {"search", search_->Save()}}.dump()}};
  }

 private:
  bool TargetReached() const {
    return known_rank_ > 0 && known_rank_ <= campaign_.options.target_rank;
  }

  /// Settings under which a saved search makes sense.
  Json SearchIdentity() const {
    const DiscoverOptions& options = campaign_.options;
    return {{"format", options.format.ToText()},
            {"ring", RingName(options.ring)},
            {"seed", options.seed},
            {"walkers", options.walkers},
            {"cyclic", options.cyclic},
            {"grow", options.grow}};
  }

  std::unique_ptr<SchemeSearch> BeginSearch() {
    DiscoverOptions options = campaign_.options;
    if (options.start.empty()) options.start = campaign_.known;
    // Settings were checked when the producer was made; stored schemes when they were recalled.
    return std::move(SchemeSearch::Begin(options, Callbacks()).value());
  }

  DiscoverCallbacks Callbacks() {
    DiscoverCallbacks callbacks;
    callbacks.improved = [this](const Discovery& found) { Keep(found); };
    callbacks.progress = [this](const DiscoverProgress& progress) { Show(progress); };
    callbacks.stop = [this] { return host_.stopping(); };
    return callbacks;
  }

  /// The number of the next improvement.
  bool TakeNumber() {
    if (!number_) number_ = host_.NextEpisode();
    numbers_ended_ = !number_.has_value();
    return !numbers_ended_;
  }

  void Keep(const Discovery& found) {
    if (known_rank_ > 0 && found.scheme.rank() >= known_rank_) return;
    if (!TakeNumber()) return;
    outcome_.seconds_to_best = Seconds(started_);
    auto trajectory =
        ToTrajectory(campaign_.environment, found, host_.provenance().campaign_seed, *number_);
    if (!trajectory) throw std::runtime_error(trajectory.error().message);
    trajectory->timing.wall_ms = static_cast<std::int64_t>(1000 * outcome_.seconds_to_best);
    trajectory->timing.started_unix_ms = UnixMilliseconds() - trajectory->timing.wall_ms;
    host_.Finish({.trajectory = std::move(*trajectory)});
    number_.reset();
    ++outcome_.stored;
    known_rank_ = found.scheme.rank();
    host_.Announce(fmt::format("rank {} after {:.3g} flips, {:.1f} s{}", known_rank_,
                               static_cast<double>(found.total_flips), outcome_.seconds_to_best,
                               Compared()));
  }

  std::string Compared() const {
    if (!published_) return {};
    if (known_rank_ < *published_) return fmt::format(" (below the published {}!)", *published_);
    return fmt::format(" (published: {})", *published_);
  }

  void Show(const DiscoverProgress& progress) {
    const auto flips = static_cast<double>(progress.total_flips - flips_before_);
    host_.Count({.evaluations = progress.total_flips - flips_before_ - counted_});
    counted_ = progress.total_flips - flips_before_;
    campaign_.progress.Set(fmt::format(
        "{} over {}: rank {}, chains at {}; {:.3g} flips, {:.3g} flips/s", progress.format.ToText(),
        RingName(campaign_.options.ring), progress.best_rank, fmt::join(progress.ranks, " "),
        static_cast<double>(progress.total_flips), flips / Seconds(started_)));
  }

  FlipCampaign& campaign_;
  ProducerHost& host_;
  int known_rank_;
  const std::optional<int> published_;
  const Clock::time_point started_ = Clock::now();
  std::unique_ptr<SchemeSearch> search_;
  std::optional<std::uint64_t> number_;
  bool numbers_ended_ = false;
  std::int64_t flips_before_ = 0;  ///< Of the search in earlier processes.
  std::int64_t counted_ = 0;
  FlipOutcome outcome_;
};

class FlipProducer final : public Producer {
 public:
  FlipProducer(const MatmulEnvironment& environment, const DiscoverOptions& options,
               FlipOutcome* outcome)
      : campaign_{environment, options, outcome, {}, {}} {}

  bool learns() const override { return false; }
  int workers(int /*threads*/) const override { return 1; }
  bool recalls() const override { return true; }

  Status Recall(const Trajectory& stored) override {
    const DiscoverOptions& options = campaign_.options;
    auto scheme = ParseScheme(stored.artifact);
    if (stored.provenance.environment_id != "matmul" || !scheme ||
        scheme->format != options.format || scheme->ring != options.ring) {
      return Fail(
          fmt::format("is no {} scheme over {}", options.format.ToText(), RingName(options.ring)));
    }
    std::vector<Scheme>& known = campaign_.known;
    if (!known.empty() && scheme->rank() < known.front().rank()) known.clear();
    if (known.empty() || scheme->rank() == known.front().rank()) {
      known.push_back(std::move(*scheme));
    }
    return {};
  }

  Result<std::unique_ptr<ProducerWorker>> MakeWorker(int /*index*/, ProducerHost* host) override {
    DiscoverOptions options = campaign_.options;
    if (options.start.empty()) options.start = campaign_.known;
    if (auto status = CheckDiscoverOptions(options); !status) {
      return tl::unexpected(status.error());
    }
    return std::make_unique<FlipWorker>(&campaign_, host);
  }

  std::string Progress() const override { return campaign_.progress.Get(); }

 private:
  FlipCampaign campaign_;
};

}  // namespace

std::unique_ptr<Producer> MakeFlipProducer(const MatmulEnvironment& environment,
                                           const DiscoverOptions& options, FlipOutcome* outcome) {
  return std::make_unique<FlipProducer>(environment, options, outcome);
}

ProducerFactory FlipWalksFactory() {
  ProducerFactory factory;
  factory.environment = "matmul";
  factory.section = "flips";
  factory.summary = "Random walks over the flip graph, on all threads of selfplay.workers";
  factory.parameters = FlipParameters();
  factory.chosen_by = "walk";
  factory.make = [](const ProducerSetup& setup) -> Result<std::unique_ptr<Producer>> {
    // The registry made it under the id "matmul".
    const auto& environment = dynamic_cast<const MatmulEnvironment&>(*setup.environment);
    auto options = ReadFlips(setup, environment.options());
    if (!options) return tl::unexpected(options.error());
    return MakeFlipProducer(environment, *options, nullptr);
  };
  return factory;
}

}  // namespace tesuji::env::matmul
