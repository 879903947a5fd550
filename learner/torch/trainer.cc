// learner::Trainer on LibTorch: SGD with Nesterov momentum or Adam, warm-up, cosine, clipping, EMA.
#include "learner/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numbers>

#include "learner/architecture.h"
#include "learner/torch/optimizer_steps.h"
#include "learner/torch/processor.h"
#include "learner/torch/training_network.h"

namespace tesuji::learner {
namespace {

using torch::Tensor;

constexpr std::uint64_t kSampleStream = 0x73616d70;  // "samp"
constexpr const char* kStateFormat = "tesuji-learner";
constexpr double kSmallestLoss = 1e-4;  // Of a value's share, so that its odds are finite.
constexpr double kOddsNoise = 0.25;     // Errors of odds above it count linearly.

const char* OptimizerName(Optimizer optimizer) {
  return optimizer == Optimizer::kAdam ? "adam" : "sgd";
}

double DefaultLearningRate(Optimizer optimizer) {
  return optimizer == Optimizer::kAdam ? 0.001 : 0.02;
}

/// What an optimiser remembers of past gradients, by parameter.
struct Moments {
  TensorMap momentum;  ///< Of SGD: the velocity; of Adam: the mean.
  TensorMap squares;   ///< Of Adam: the mean square; else empty.
};

class TorchTrainer : public Trainer {
 public:
  TorchTrainer(const env::Environment& environment, const TrainerOptions& options,
               const TensorMap& tensors, const TensorMap& averages, const Moments& moments,
               std::int64_t steps)
      : spec_(environment.spec()),
        options_(options),
        device_(ChooseDevice(options.device)),
        parameters_(NetworkParameters(spec_, options.network)),
        steps_(steps) {
    const torch::NoGradGuard guard;
    for (const auto& parameter : parameters_) {
      const auto place = [&](const FloatTensor& tensor) {
        Tensor placed = ToTorch(tensor).to(device_);
        return placed.dim() == 4 ? placed.contiguous(at::MemoryFormat::ChannelsLast) : placed;
      };
      Tensor tensor = place(tensors.at(parameter.name));
      if (parameter.trained()) tensor.set_requires_grad(true);
      tensors_.emplace(parameter.name, tensor);
      averages_.emplace(parameter.name, place(averages.at(parameter.name)));
      if (!parameter.trained()) continue;
      const auto restore = [&](const TensorMap& from, TorchTensors* to) {
        to->emplace(parameter.name, from.contains(parameter.name)
                                        ? place(from.at(parameter.name))
                                        : torch::zeros_like(tensor.detach()));
      };
      restore(moments.momentum, &momentum_);
      if (options.optimizer == Optimizer::kAdam) restore(moments.squares, &squares_);
    }
  }

  TrainingReport Train(env::TrainingRows* rows, std::int64_t steps,
                       const std::function<bool()>& stop) override;
  std::string ExportWeights() const override {
    TensorMap tensors;
    for (const auto& [name, tensor] : averages_) tensors.emplace(name, FromTorch(tensor));
    return WriteSafetensors(tensors, WeightsMetadata(spec_, options_.network, options_.metadata));
  }
  std::string SaveState() const override;
  std::int64_t steps() const override { return steps_; }

 private:
  struct Losses {
    Tensor total, policy, value, ownership, score;
  };
  void RunSteps(env::TrainingRows* rows, std::int64_t steps, const std::function<bool()>& stop,
                TrainingReport* out);
  double LearningRate() const;
  Tensor ToDevice(const std::vector<float>& values, at::IntArrayRef shape) const;
  Losses Loss(const env::TrainingBatch& batch);
  /// Of each row.
  Tensor ValueLosses(const TrainingOutput& out, const Tensor& value) const;
  void ApplyGradients();
  void UpdateAverages();

  env::Spec spec_;
  TrainerOptions options_;
  torch::Device device_;
  std::vector<ParameterInfo> parameters_;
  TorchTensors tensors_;   ///< What is trained, and running statistics.
  TorchTensors averages_;  ///< Their exponential moving average, which is exported.
  TorchTensors momentum_;
  TorchTensors squares_;  ///< Adam's.
  std::int64_t steps_;
};

double TorchTrainer::LearningRate() const {
  const auto step = static_cast<double>(steps_);
  double rate =
      options_.learning_rate > 0 ? options_.learning_rate : DefaultLearningRate(options_.optimizer);
  if (options_.warmup_steps > 0 && steps_ < options_.warmup_steps) {
    rate *= 0.1 + 0.9 * step / options_.warmup_steps;
  }
  if (options_.decay_steps > 0) {
    const double progress = std::min(1.0, step / static_cast<double>(options_.decay_steps));
    rate *= 0.1 + 0.9 * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  }
  return rate;
}

Tensor TorchTrainer::ToDevice(const std::vector<float>& values, at::IntArrayRef shape) const {
  Tensor tensor = torch::empty(shape);
  std::memcpy(tensor.data_ptr<float>(), values.data(), values.size() * sizeof(float));
  return tensor.to(device_);
}

TorchTrainer::Losses TorchTrainer::Loss(const env::TrainingBatch& batch) {
  const std::int64_t n = batch.rows;
  const auto& shape = spec_.observation;
  const Tensor observations =
      ToDevice(batch.observations, {n, shape.planes, shape.height, shape.width})
          .contiguous(at::MemoryFormat::ChannelsLast);
  const auto out = Forward(spec_, options_.network, &tensors_, observations, /*training=*/true);
  const Tensor weight = ToDevice(batch.weight, {n});
  const Tensor weights = weight / weight.sum().clamp_min(1e-6);

  Losses losses;
  const Tensor legal = ToDevice(batch.legal, {n, spec_.action_count});
  const Tensor logits = out.policy + (legal - 1) * 1e4;
  const Tensor policy = ToDevice(batch.policy, {n, spec_.action_count});
  losses.policy = (-(policy * torch::log_softmax(logits, 1)).sum(1) * weights).sum();
  const Tensor value = ToDevice(batch.value, {n});
  losses.value = (ValueLosses(out, value) * weights).sum();
  losses.total = losses.policy + options_.value_weight * losses.value;
  if (spec_.has_ownership) {
    const Tensor owner = ToDevice(batch.ownership, {n, shape.cells()});
    const Tensor each = torch::binary_cross_entropy_with_logits(out.ownership * 2, (owner + 1) / 2,
                                                                {}, {}, at::Reduction::None);
    const Tensor known = ToDevice(batch.ownership_known, {n});
    losses.ownership = (each.mean(1) * weights * known).sum();
    losses.total = losses.total + options_.ownership_weight * losses.ownership;
  }
  if (spec_.has_score) {
    const Tensor score = ToDevice(batch.score, {n}) / spec_.score_scale;
    const Tensor each = torch::smooth_l1_loss(out.score, score, at::Reduction::None);
    losses.score = (each * weights * ToDevice(batch.score_known, {n})).sum();
    losses.total = losses.total + options_.score_weight * losses.score;
  }
  return losses;
}

Tensor TorchTrainer::ValueLosses(const TrainingOutput& out, const Tensor& value) const {
  if (spec_.value_anchor_plane >= 0) {
    const Tensor odds = (1 + value) / (1 - value).clamp_min(kSmallestLoss);
    return torch::smooth_l1_loss(out.odds, odds, at::Reduction::None, kOddsNoise);
  }
  // A value v between the three outcomes: its win or loss share |v|, the rest a draw.
  const Tensor outcome =
      torch::stack({value.clamp_min(0), 1 - value.abs(), (-value).clamp_min(0)}, 1);
  return -(outcome * torch::log_softmax(out.outcome, 1)).sum(1);
}

void TorchTrainer::ApplyGradients() {
  const torch::NoGradGuard guard;
  double squares = 0;
  for (const auto& parameter : parameters_) {
    if (!parameter.trained()) continue;
    squares += tensors_.at(parameter.name).grad().square().sum().item<double>();
  }
  const double norm = std::sqrt(squares);
  if (!std::isfinite(norm)) {
    for (auto& [name, tensor] : tensors_) tensor.mutable_grad() = Tensor();
    return;  // One bad batch must not poison the weights.
  }
  const double scale =
      options_.gradient_clip > 0 ? std::min(1.0, options_.gradient_clip / (norm + 1e-12)) : 1.0;
  const double rate = LearningRate();
  for (const auto& parameter : parameters_) {
    if (!parameter.trained()) continue;
    Tensor& tensor = tensors_.at(parameter.name);
    const Tensor gradient = tensor.grad() * scale;
    const StepOptions step{.rate = rate,
                           .momentum = options_.momentum,
                           .decay = parameter.decayed() ? options_.weight_decay : 0};
    Tensor& momentum = momentum_.at(parameter.name);
    if (options_.optimizer == Optimizer::kAdam) {
      StepOfAdam(step, static_cast<double>(steps_ + 1), gradient, &momentum,
                 &squares_.at(parameter.name), &tensor);
    } else {
      StepOfSgd(step, gradient, &momentum, &tensor);
    }
    tensor.mutable_grad() = Tensor();
  }
}

void TorchTrainer::UpdateAverages() {
  const torch::NoGradGuard guard;
  // Short at the start, so that the average does not remember the untrained network for long.
  const double decay = std::min(options_.ema_decay, (1.0 + static_cast<double>(steps_)) /
                                                        (10.0 + static_cast<double>(steps_)));
  for (auto& [name, average] : averages_) average.lerp_(tensors_.at(name).detach(), 1 - decay);
}

TrainingReport TorchTrainer::Train(env::TrainingRows* rows, std::int64_t steps,
                                   const std::function<bool()>& stop) {
  TrainingReport report;
  CallLibTorch([&] { RunSteps(rows, steps, stop, &report); });
  return report;
}

void TorchTrainer::RunSteps(env::TrainingRows* rows, std::int64_t steps,
                            const std::function<bool()>& stop, TrainingReport* out) {
  UseThreads(options_.threads);
  TrainingReport& report = *out;
  env::TrainingBatch batch;
  const auto start = std::chrono::steady_clock::now();
  for (; report.steps < steps; ++report.steps) {
    if ((stop && stop()) || rows->rows() == 0) break;
    RandomStream random({options_.seed, kSampleStream, static_cast<std::uint64_t>(steps_)});
    rows->Sample(options_.batch, &random, &batch);
    const Losses losses = Loss(batch);
    losses.total.backward();
    report.learning_rate = LearningRate();
    ApplyGradients();
    ++steps_;
    UpdateAverages();
    report.loss += losses.total.item<double>();
    report.policy_loss += losses.policy.item<double>();
    report.value_loss += losses.value.item<double>();
    if (losses.ownership.defined()) report.ownership_loss += losses.ownership.item<double>();
    if (losses.score.defined()) report.score_loss += losses.score.item<double>();
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (report.steps > 0) {
    const auto count = static_cast<double>(report.steps);
    for (double* mean : {&report.loss, &report.policy_loss, &report.value_loss,
                         &report.ownership_loss, &report.score_loss}) {
      *mean /= count;
    }
    report.rows_per_second = count * options_.batch / std::max(seconds, 1e-9);
  }
}

std::string TorchTrainer::SaveState() const {
  TensorMap tensors;
  for (const auto& [name, tensor] : tensors_) tensors.emplace("now." + name, FromTorch(tensor));
  for (const auto& [name, tensor] : averages_) tensors.emplace("ema." + name, FromTorch(tensor));
  for (const auto& [name, tensor] : momentum_) tensors.emplace("mom." + name, FromTorch(tensor));
  for (const auto& [name, tensor] : squares_) tensors.emplace("sqr." + name, FromTorch(tensor));
  StringMap metadata = WeightsMetadata(spec_, options_.network, options_.metadata);
  metadata["learner"] = kStateFormat;
  metadata["optimizer"] = OptimizerName(options_.optimizer);
  metadata["steps"] = std::to_string(steps_);
  return WriteSafetensors(tensors, metadata);
}

/// "PREFIXname" of every trained tensor; fails when one is missing, of another shape or not finite.
Result<TensorMap> ReadMoments(const SafetensorsView& file, const std::string& prefix,
                              const env::Spec& spec, const NetworkConfig& config) {
  TensorMap moments;
  for (const auto& parameter : NetworkParameters(spec, config)) {
    if (!parameter.trained()) continue;
    FloatTensor tensor = file.Copy(prefix + parameter.name);
    const bool finite = std::all_of(tensor.values.begin(), tensor.values.end(),
                                    [](float value) { return std::isfinite(value); });
    if (tensor.values.empty() || tensor.shape != parameter.shape || !finite) {
      return Fail(
          fmt::format("saved learner: '{}{}' is missing or damaged", prefix, parameter.name));
    }
    moments.emplace(parameter.name, std::move(tensor));
  }
  return moments;
}

Status CheckSameNetwork(const NetworkConfig& saved, const NetworkConfig& wanted) {
  const auto text = [](const NetworkConfig& config) {
    return fmt::format("b{}c{} (pooling every {}, heads {}, {} norm)", config.blocks,
                       config.channels, config.pooling_every, config.head_channels,
                       NormName(config.norm));
  };
  if (text(saved) == text(wanted)) return {};
  return Fail(fmt::format("the saved learner has network {}, the campaign asks for {}", text(saved),
                          text(wanted)));
}

}  // namespace

Result<std::unique_ptr<Trainer>> Trainer::Create(const env::Environment& environment,
                                                 const TrainerOptions& options) {
  if (auto status = CheckNetworkConfig(options.network); !status) {
    return tl::unexpected(status.error());
  }
  const TensorMap tensors = InitialTensors(environment.spec(), options.network, options.seed);
  return std::make_unique<TorchTrainer>(environment, options, tensors, tensors, Moments{}, 0);
}

Result<std::unique_ptr<Trainer>> Trainer::Restore(const env::Environment& environment,
                                                  const TrainerOptions& options,
                                                  std::string_view learner_state) {
  const auto file = SafetensorsView::Parse(learner_state);
  if (!file) return tl::unexpected(file.error());
  const auto& metadata = file->metadata();
  if (!metadata.contains("learner") || metadata.at("learner") != kStateFormat ||
      !metadata.contains("steps")) {
    return Fail("not a saved learner: its metadata says nothing about one");
  }
  const auto config = CheckWeightsMetadata(metadata, environment.spec());
  if (!config) return tl::unexpected(config.error());
  if (auto same = CheckSameNetwork(*config, options.network); !same) {
    return tl::unexpected(same.error());
  }
  auto now = ReadTensors(*file, environment.spec(), *config, "now.");
  if (!now) return tl::unexpected(now.error());
  auto averages = ReadTensors(*file, environment.spec(), *config, "ema.");
  if (!averages) return tl::unexpected(averages.error());
  Moments moments;
  auto momentum = ReadMoments(*file, "mom.", environment.spec(), *config);
  if (!momentum) return tl::unexpected(momentum.error());
  moments.momentum = std::move(*momentum);
  // States of before there was a choice do not name it.
  const std::string optimizer =
      metadata.contains("optimizer") ? metadata.at("optimizer") : OptimizerName(Optimizer::kSgd);
  if (optimizer != OptimizerName(options.optimizer)) {
    return Fail(fmt::format("the saved learner was trained by {}, the campaign asks for {}",
                            optimizer.substr(0, 20), OptimizerName(options.optimizer)));
  }
  if (options.optimizer == Optimizer::kAdam) {
    auto squares = ReadMoments(*file, "sqr.", environment.spec(), *config);
    if (!squares) return tl::unexpected(squares.error());
    moments.squares = std::move(*squares);
  }
  const std::string& text = metadata.at("steps");
  std::int64_t steps = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || steps < 0) {
    return Fail("saved learner: its number of steps is damaged");
  }
  return std::make_unique<TorchTrainer>(environment, options, *now, *averages, moments, steps);
}

}  // namespace tesuji::learner
