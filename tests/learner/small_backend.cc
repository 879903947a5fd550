// The functions of learner/backend.cc without LibTorch: a linear policy and a linear value on the
// observation, trained by plain gradient descent. Campaigns that link this instead of the real ones
// can be watched by ThreadSanitizer, which LibTorch's own code would drown in reports.
//
// Weights are a safetensors file with the usual metadata; the tensors "linear.policy"
// [actions, inputs] and "linear.value" [inputs] are missing in untrained ones, which stand for 0.
#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/sha256.h"
#include "learner/architecture.h"
#include "learner/backend.h"
#include "learner/network_evaluator.h"
#include "learner/safetensors.h"

namespace tesuji::learner {
namespace {

constexpr const char* kPolicy = "linear.policy";
constexpr const char* kValue = "linear.value";

struct LinearModel {
  std::size_t inputs = 0;
  std::size_t actions = 0;
  std::vector<float> policy;  ///< actions x inputs.
  std::vector<float> value;   ///< inputs.

  explicit LinearModel(const env::Spec& spec)
      : inputs(static_cast<std::size_t>(spec.observation.size())),
        actions(static_cast<std::size_t>(spec.action_count)),
        policy(actions * inputs),
        value(inputs) {}

  float Logit(std::size_t action, const float* observation) const {
    float sum = 0;
    for (std::size_t i = 0; i < inputs; ++i) sum += policy[action * inputs + i] * observation[i];
    return sum;
  }
  float Value(const float* observation) const {
    float sum = 0;
    for (std::size_t i = 0; i < inputs; ++i) sum += value[i] * observation[i];
    return std::tanh(sum);
  }
};

class LinearForward : public ForwardPass {
 public:
  LinearForward(std::shared_ptr<const LinearModel> model, const env::Spec& spec,
                const EvaluatorOptions& options)
      : model_(std::move(model)),
        score_(spec.has_score),
        ownership_(spec.has_ownership && options.ownership ? spec.observation.cells() : 0) {}

  void Run(std::span<const float> observations, int rows, RawOutput* out) override {
    const auto count = static_cast<std::size_t>(rows);
    out->policy.resize(count * model_->actions);
    out->outcome.assign(count * 3, 0);
    out->score.assign(score_ ? count : 0, 0);
    out->ownership.assign(count * static_cast<std::size_t>(ownership_), 0);
    for (std::size_t row = 0; row < count; ++row) {
      const float* observation = observations.data() + row * model_->inputs;
      for (std::size_t a = 0; a < model_->actions; ++a) {
        out->policy[row * model_->actions + a] = model_->Logit(a, observation);
      }
      // Win and loss so far apart that the mean is the value; next to no draws.
      const float value = std::clamp(model_->Value(observation), -0.99F, 0.99F);
      out->outcome[row * 3] = std::log((1 + value) / 2);
      out->outcome[row * 3 + 1] = -20;
      out->outcome[row * 3 + 2] = std::log((1 - value) / 2);
    }
  }

 private:
  const std::shared_ptr<const LinearModel> model_;
  const bool score_;
  const int ownership_;
};

class LinearNetwork : public Network {
 public:
  LinearNetwork(env::Spec spec, NetworkConfig config, Json metadata, std::string hash,
                std::shared_ptr<const LinearModel> model)
      : spec_(std::move(spec)),
        config_(config),
        metadata_(std::move(metadata)),
        hash_(std::move(hash)),
        model_(std::move(model)) {}

  const NetworkConfig& config() const override { return config_; }
  const Json& metadata() const override { return metadata_; }
  const std::string& hash() const override { return hash_; }
  std::int64_t convolution_macs() const override { return 0; }
  std::unique_ptr<search::Evaluator> MakeEvaluator(const EvaluatorOptions& options) const override {
    return std::make_unique<NetworkEvaluator>(
        spec_, hash_, options, std::make_unique<LinearForward>(model_, spec_, options));
  }

 private:
  const env::Spec spec_;
  const NetworkConfig config_;
  const Json metadata_;
  const std::string hash_;
  const std::shared_ptr<const LinearModel> model_;
};

Result<LinearModel> ReadModel(const SafetensorsView& file, const env::Spec& spec) {
  LinearModel model(spec);
  for (const auto& [name, values] :
       {std::pair{kPolicy, &model.policy}, std::pair{kValue, &model.value}}) {
    FloatTensor tensor = file.Copy(name);
    if (tensor.values.empty()) continue;
    if (tensor.values.size() != values->size()) return Fail("a linear network of another size");
    *values = std::move(tensor.values);
  }
  return model;
}

class LinearTrainer : public Trainer {
 public:
  LinearTrainer(const env::Environment& environment, const TrainerOptions& options,
                LinearModel model, std::int64_t steps)
      : spec_(environment.spec()), options_(options), model_(std::move(model)), steps_(steps) {}

  TrainingReport Train(env::TrainingRows* rows, std::int64_t steps,
                       const std::function<bool()>& stop) override {
    TrainingReport report;
    env::TrainingBatch batch;
    for (; report.steps < steps && !(stop && stop()); ++report.steps, ++steps_) {
      RandomStream random({options_.seed, 0x6c696e, static_cast<std::uint64_t>(steps_)});
      rows->Sample(options_.batch, &random, &batch);
      report.loss += Step(batch);
    }
    if (report.steps > 0) report.loss /= static_cast<double>(report.steps);
    report.policy_loss = report.loss;
    report.learning_rate = kRate;
    return report;
  }
  std::string ExportWeights() const override {
    const auto inputs = static_cast<std::int64_t>(model_.inputs);
    const auto actions = static_cast<std::int64_t>(model_.actions);
    return WriteSafetensors(
        {{kPolicy, {{actions, inputs}, model_.policy}}, {kValue, {{inputs}, model_.value}}},
        WeightsMetadata(spec_, options_.network, options_.metadata));
  }
  std::string SaveState() const override { return std::to_string(steps_) + "\n" + ExportWeights(); }
  std::int64_t steps() const override { return steps_; }

 private:
  static constexpr float kRate = 0.05F;

  /// One step of gradient descent; the policy's cross-entropy before it, in nats.
  double Step(const env::TrainingBatch& batch) {
    const auto count = static_cast<std::size_t>(batch.rows);
    const float rate = kRate / static_cast<float>(count);
    double loss = 0;
    std::vector<float> probabilities(model_.actions);
    for (std::size_t row = 0; row < count; ++row) {
      const float* observation = batch.observations.data() + row * model_.inputs;
      const float* target = batch.policy.data() + row * model_.actions;
      float sum = 0;
      for (std::size_t a = 0; a < model_.actions; ++a) {
        probabilities[a] = batch.legal[row * model_.actions + a] *
                           std::exp(std::clamp(model_.Logit(a, observation), -20.0F, 20.0F));
        sum += probabilities[a];
      }
      for (std::size_t a = 0; a < model_.actions; ++a) {
        const float probability = sum > 0 ? probabilities[a] / sum : 0;
        if (target[a] > 0) loss -= target[a] * std::log(std::max(probability, 1e-9F));
        const float slope = rate * (target[a] - probability);
        if (slope == 0) continue;
        for (std::size_t i = 0; i < model_.inputs; ++i) {
          model_.policy[a * model_.inputs + i] += slope * observation[i];
        }
      }
      const float value = model_.Value(observation);
      const float slope = rate * (batch.value[row] - value) * (1 - value * value);
      for (std::size_t i = 0; i < model_.inputs; ++i) model_.value[i] += slope * observation[i];
    }
    return loss / static_cast<double>(count);
  }

  const env::Spec spec_;
  const TrainerOptions options_;
  LinearModel model_;
  std::int64_t steps_;
};

}  // namespace

void RequireBackend(const Device& /*device*/) {}

Result<std::shared_ptr<const Network>> Network::Load(std::string_view weights,
                                                     const env::Spec& spec,
                                                     const Device& /*device*/) {
  const auto file = SafetensorsView::Parse(weights);
  if (!file) return tl::unexpected(file.error());
  const auto config = CheckWeightsMetadata(file->metadata(), spec);
  if (!config) return tl::unexpected(config.error());
  auto metadata = ReadWeightsMetadata(weights);
  if (!metadata) return tl::unexpected(metadata.error());
  auto model = ReadModel(*file, spec);
  if (!model) return tl::unexpected(model.error());
  return std::make_shared<const LinearNetwork>(
      spec, *config, std::move(*metadata), Sha256Hex(weights),
      std::make_shared<const LinearModel>(std::move(*model)));
}

Result<std::unique_ptr<Trainer>> Trainer::Create(const env::Environment& environment,
                                                 const TrainerOptions& options) {
  return std::make_unique<LinearTrainer>(environment, options, LinearModel(environment.spec()), 0);
}

Result<std::unique_ptr<Trainer>> Trainer::Restore(const env::Environment& environment,
                                                  const TrainerOptions& options,
                                                  std::string_view learner_state) {
  const auto end = learner_state.find('\n');
  if (end == std::string_view::npos) return Fail("no state of a linear trainer");
  const auto file = SafetensorsView::Parse(learner_state.substr(end + 1));
  if (!file) return tl::unexpected(file.error());
  auto model = ReadModel(*file, environment.spec());
  if (!model) return tl::unexpected(model.error());
  return std::make_unique<LinearTrainer>(environment, options, std::move(*model),
                                         std::stoll(std::string(learner_state.substr(0, end))));
}

EvaluatorBenchResult BenchEvaluator(const env::Environment& /*environment*/,
                                    const EvaluatorBenchOptions& /*options*/) {
  throw MachineError("this test has no LibTorch");
}

}  // namespace tesuji::learner
