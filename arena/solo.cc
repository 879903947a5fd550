#include "arena/solo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>

#include "arena/leaf_batches.h"
#include "arena/team.h"

namespace tesuji::arena {
namespace {

// Last components of an episode's streams: what each is for.
constexpr std::uint64_t kTaskStream = 0x7461736b;
constexpr std::uint64_t kChanceStream = 0x63686e63;

// What all workers share.
class Series {
 public:
  Series(const env::Environment& environment, const Contestant& player, const SoloOptions& options)
      : environment_(environment),
        player_(player),
        options_(options),
        team_(options.episodes, options.stop) {
    report_.name = player.name;
  }

  const env::Environment& environment() const { return environment_; }
  const Contestant& player() const { return player_; }
  const SoloOptions& options() const { return options_; }

  Team& team() { return team_; }

  void Record(SoloEpisode episode) {
    const std::lock_guard lock(mutex_);
    report_.episodes.push_back(std::move(episode));
    if (options_.progress) {
      options_.progress(report_.episodes.back(), static_cast<int>(report_.episodes.size()));
    }
  }
  SoloReport TakeReport() {
    std::ranges::sort(report_.episodes, {}, &SoloEpisode::number);
    return std::move(report_);
  }

 private:
  const env::Environment& environment_;
  const Contestant& player_;
  const SoloOptions& options_;
  Team team_;
  std::mutex mutex_;  // Guards the report.
  SoloReport report_;
};

// One episode in flight.
class Desk {
 public:
  Desk(const env::Environment& environment, std::unique_ptr<Player> player)
      : environment_(environment), player_(std::move(player)) {}

  Player* player() { return player_.get(); }

  Status Start(int number, std::uint64_t seed) {
    const auto episode = static_cast<std::uint64_t>(number);
    RandomStream tasks({seed, kTaskStream, episode});
    auto state = environment_.NewState(environment_.SampleTask(tasks));
    if (!state) return tl::unexpected(state.error());
    state_ = std::move(*state);
    chance_ = RandomStream({seed, kChanceStream, episode});
    episode_ = {};
    episode_.number = number;
    begun_ = false;
    return player_->NewGame(*state_, RandomStream({seed, kPlayerStream, episode}));
  }

  // Plays on as far as it goes without waiting. True while the episode is going on.
  Result<bool> Advance() {
    while (state_->phase() == env::Phase::kOngoing) {
      if (state_->to_play() == env::Player::kChance) {
        PlayChance();
        continue;
      }
      if (!begun_) {
        player_->BeginMove(*state_);
        begun_ = true;
      }
      const std::optional<Result<Decision>> polled = player_->Poll();
      if (!polled) return true;
      begun_ = false;
      if (!*polled) return tl::unexpected((*polled).error());
      const env::Action action = (*polled)->action;
      state_->LegalActions(&legal_);
      if (!std::ranges::binary_search(legal_, action)) {
        return Fail(fmt::format("illegal action {} in\n{}", action, state_->ToText()));
      }
      ++episode_.actions;
      Play(action);
    }
    if (state_->phase() != env::Phase::kScored) {
      return Fail(
          fmt::format("{} waits for a judge: only environments scored by rules can be "
                      "compared like this",
                      environment_.spec().id));
    }
    return false;
  }

  // REQUIRES: Advance() said false.
  SoloEpisode TakeEpisode() {
    episode_.value = state_->Value();
    episode_.score = environment_.spec().has_score ? state_->Targets().score : episode_.value;
    episode_.termination = state_->Termination();
    episode_.record = state_->Artifact();
    return std::move(episode_);
  }

 private:
  void Play(env::Action action) {
    player_->Observe(*state_, action);
    state_->Apply(action);
  }
  void PlayChance() {
    state_->ChanceOutcomes(&outcomes_);
    weights_.clear();
    for (const auto& outcome : outcomes_) {
      weights_.push_back(static_cast<float>(outcome.probability));
    }
    Play(outcomes_[chance_.Pick(weights_)].action);
  }

  const env::Environment& environment_;
  std::unique_ptr<Player> player_;
  std::unique_ptr<env::State> state_;
  RandomStream chance_{0};
  SoloEpisode episode_;
  bool begun_ = false;  // The player has been told to move.
  std::vector<env::Action> legal_;
  std::vector<env::ChanceOutcome> outcomes_;
  std::vector<float> weights_;
};

// One thread's desks.
class DeskWorker {
 public:
  explicit DeskWorker(Series* series) : series_(series) {}

  Status Run(int most_desks) {
    const Contestant& contestant = series_->player();
    if (contestant.make_evaluator) {
      auto evaluator = contestant.make_evaluator();
      if (!evaluator) return tl::unexpected(evaluator.error());
      evaluator_ = std::move(*evaluator);
    }
    for (int i = 0; i < most_desks; ++i) {
      const int number = series_->team().Next();
      if (number < 0) break;
      auto player = contestant.make_player(evaluator_.get());
      if (!player) return tl::unexpected(player.error());
      desks_.push_back(std::make_unique<Desk>(series_->environment(), std::move(*player)));
      if (const Status status = desks_.back()->Start(number, series_->options().seed); !status) {
        return status;
      }
    }
    while (!desks_.empty() && !series_->team().over()) {
      if (const Status status = Step(); !status) return status;
    }
    return {};
  }

 private:
  Status Step() {
    batches_.Clear();
    for (std::size_t i = 0; i < desks_.size();) {
      auto going_on = desks_[i]->Advance();
      if (!going_on) return tl::unexpected(going_on.error());
      if (*going_on) {
        batches_.Collect(desks_[i++]->player());
        continue;
      }
      series_->Record(desks_[i]->TakeEpisode());
      const int number = series_->team().Next();
      if (number < 0) {
        desks_.erase(desks_.begin() + static_cast<std::ptrdiff_t>(i));
      } else if (const Status status = desks_[i]->Start(number, series_->options().seed); !status) {
        return status;
      }
    }
    batches_.Run();
    return {};
  }

  Series* series_;
  std::unique_ptr<search::Evaluator> evaluator_;
  std::vector<std::unique_ptr<Desk>> desks_;
  LeafBatches batches_;
};

double Mean(const std::vector<SoloEpisode>& episodes, float SoloEpisode::*figure) {
  double sum = 0;
  for (const auto& episode : episodes) sum += episode.*figure;
  return episodes.empty() ? 0 : sum / static_cast<double>(episodes.size());
}

}  // namespace

double SoloReport::mean_score() const { return Mean(episodes, &SoloEpisode::score); }

double SoloReport::mean_score_error() const {
  if (episodes.size() < 2) return std::numeric_limits<double>::infinity();
  const double mean = mean_score();
  double squares = 0;
  for (const auto& episode : episodes) squares += (episode.score - mean) * (episode.score - mean);
  const auto count = static_cast<double>(episodes.size());
  return std::sqrt(squares / (count - 1) / count);
}

double SoloReport::mean_value() const { return Mean(episodes, &SoloEpisode::value); }

float SoloReport::best_score() const {
  return episodes.empty() ? 0 : std::ranges::max(episodes, {}, &SoloEpisode::score).score;
}

Result<SoloReport> PlaySolo(const env::Environment& environment, const Contestant& player,
                            const SoloOptions& options) {
  assert(environment.spec().player_count == 1);
  Series series(environment, player, options);
  const int threads = std::clamp(options.threads, 1, std::max(1, options.episodes));
  const int desks = series.team().share(threads, options.episodes_at_once);
  const Status status = series.team().Run(threads, [&] { return DeskWorker(&series).Run(desks); });
  if (!status) return tl::unexpected(status.error());
  return series.TakeReport();
}

}  // namespace tesuji::arena
