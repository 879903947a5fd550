#include "campaign/learning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "api/replay.h"
#include "core/unix_time.h"

namespace tesuji::campaign {
namespace {

Json WeightsMetadata(const env::Environment& environment, const CampaignConfig& config) {
  return {{"environment", environment.spec().id},
          {"environment_version", environment.spec().version},
          {"parameters", environment.parameters()},
          {"campaign", config.campaign.name}};
}

}  // namespace

Learning::Learning(const env::Environment& environment, const CampaignConfig& config,
                   storage::Store* store, PolicySlot* policy)
    : environment_(environment),
      config_(config),
      store_(store),
      policy_(policy),
      window_(environment, config.learner.window) {}

Learning::~Learning() = default;

Status Learning::Start() {
  learner::TrainerOptions options = config_.learner.trainer;
  options.metadata = WeightsMetadata(environment_, config_);
  const auto checkpoints = store_->ListCheckpoints();
  const auto refuse = [&](storage::TrajectoryId id, const std::string& reason) {
    if (refused_++ == 0) first_refusal_ = fmt::format("trajectory {}: {}", id, reason);
  };
  store_->ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        if (stored.status == storage::TrajectoryStatus::kVerified) {
          const Status added = Add(stored.trajectory, stored.split == "heldout");
          if (!added) refuse(stored.id, added.error().message);
        }
        return true;
      },
      refuse);
  if (checkpoints.empty()) {
    auto trainer = learner::Trainer::Create(environment_, options);
    if (!trainer) return tl::unexpected(trainer.error());
    trainer_ = std::move(*trainer);
    const std::string weights = trainer_->ExportWeights();
    auto network =
        learner::Network::Load(weights, environment_.spec(), config_.learner.trainer.device);
    if (!network) return tl::unexpected(network.error());
    storage::CheckpointInfo info;
    info.hash = (*network)->hash();
    info.created_unix_ms = UnixMilliseconds();
    info.info = {{"rows_trained", 0}};
    store_->PutCheckpoint(info, {weights, trainer_->SaveState()}, {});
    Publish(std::move(*network), /*trained=*/false);
    return {};
  }
  const auto& newest = checkpoints.back();
  auto blobs = store_->GetCheckpoint(newest.id);
  if (!blobs) return tl::unexpected(blobs.error());
  auto trainer = learner::Trainer::Restore(environment_, options, blobs->learner_state);
  if (!trainer) {
    return Fail(fmt::format("checkpoint {} of {}: {}", newest.id, store_->location(),
                            trainer.error().message));
  }
  trainer_ = std::move(*trainer);
  auto network =
      learner::Network::Load(blobs->weights, environment_.spec(), config_.learner.trainer.device);
  if (!network) return tl::unexpected(network.error());
  Publish(std::move(*network), newest.id > 0);
  generation_ = newest.id;
  rows_trained_ = newest.info.value("rows_trained", std::int64_t{0});
  checkpoint_episodes_ = newest.episodes;
  return {};
}

void Learning::Publish(std::shared_ptr<const learner::Network> network, bool trained) {
  policy_->Set(std::make_shared<NetworkPolicy>(network), trained);
  newest_ = std::move(network);
}

Status Learning::Add(const env::Trajectory& trajectory, bool heldout) {
  // Before anything may fail: the count says when the next generation is due.
  episodes_.fetch_add(1, std::memory_order_release);
  if (heldout) {
    const auto problems =
        env::ReplayTrajectory(environment_, trajectory, {.limit = 1, .read_artifact = false});
    if (!problems.empty()) return Fail(problems.front());
    const std::lock_guard lock(heldout_mutex_);
    heldout_.push_back(trajectory);
    while (static_cast<int>(heldout_.size()) > config_.evaluation.heldout_episodes) {
      heldout_.pop_front();
    }
    return {};
  }
  return window_.Add(trajectory);
}

std::int64_t Learning::episodes_for_next() const {
  return checkpoint_episodes_ + config_.learner.generation_episodes;
}

bool Learning::due() const {
  return episodes_.load(std::memory_order_acquire) >= episodes_for_next() &&
         window_.rows_made() >= config_.learner.first_rows && window_.rows() > 0;
}

bool Learning::behind() const {
  return due() && episodes() >= episodes_for_next() + config_.learner.generation_episodes;
}

std::string Learning::NextWords() const {
  std::string words = fmt::format("{} generation at {} games", generation() == 0 ? "first" : "next",
                                  episodes_for_next());
  if (window_.rows_made() < config_.learner.first_rows) {
    words += fmt::format(" and {} rows", config_.learner.first_rows);
  }
  return words;
}

std::optional<GenerationReport> Learning::RunGeneration(const std::function<bool()>& stop) {
  GenerationReport report;
  const std::int64_t episodes = episodes_;
  const std::int64_t rows = window_.rows_made();
  const double wanted = static_cast<double>(rows - rows_trained_) * config_.learner.reuse /
                        (config_.learner.trainer.batch * mixed_.stored_share);
  const auto steps = std::max<std::int64_t>(1, std::llround(wanted));
  report.training = trainer_->Train(mixed_.rows ? mixed_.rows.get() : &window_, steps, stop);
  if (report.training.steps < steps) return std::nullopt;

  const std::string weights = trainer_->ExportWeights();
  auto network =
      learner::Network::Load(weights, environment_.spec(), config_.learner.trainer.device);
  if (!network)
    throw MachineError("a freshly trained network does not load: " + network.error().message);
  auto& info = report.checkpoint;
  info.id = generation_ + 1;
  info.hash = (*network)->hash();
  info.episodes = episodes;
  info.training_steps = trainer_->steps();
  info.created_unix_ms = UnixMilliseconds();
  info.info = {{"rows_trained", rows}, {"window_rows", window_.rows()}};
  report.metrics = Score(info.id, **network, newest_.get());
  const auto add = [&](const char* name, double value) {
    report.metrics.push_back({info.id, name, value});
  };
  add("loss", report.training.loss);
  add("policy_loss", report.training.policy_loss);
  add("value_loss", report.training.value_loss);
  add("learning_rate", report.training.learning_rate);
  store_->PutCheckpoint(info, {weights, trainer_->SaveState()}, report.metrics);
  generation_ = info.id;
  rows_trained_ = rows;
  checkpoint_episodes_ = episodes;
  Publish(std::move(*network), /*trained=*/true);
  return report;
}

std::vector<storage::Metric> Learning::Score(std::int64_t id, const learner::Network& network,
                                             const learner::Network* previous) {
  std::vector<env::Trajectory> episodes;
  {
    const std::lock_guard lock(heldout_mutex_);
    episodes.assign(heldout_.begin(), heldout_.end());
  }
  std::vector<storage::Metric> metrics;
  if (episodes.empty()) return metrics;
  const auto figure =
      learner::MeasureCompression(environment_, episodes, network.MakeEvaluator({}).get());
  if (figure.rows == 0) return metrics;
  metrics.push_back({id, "bits_per_action", figure.bits_per_action});
  metrics.push_back({id, "uniform_bits_per_action", figure.uniform_bits_per_action});
  metrics.push_back({id, "target_bits_per_action", figure.target_bits_per_action});
  metrics.push_back({id, "value_mse", figure.value_mse});
  metrics.push_back({id, "heldout_actions", static_cast<double>(figure.rows)});
  if (previous != nullptr) {
    const auto before =
        learner::MeasureCompression(environment_, episodes, previous->MakeEvaluator({}).get());
    metrics.push_back({id, "previous_bits_per_action", before.bits_per_action});
  }
  return metrics;
}

}  // namespace tesuji::campaign
