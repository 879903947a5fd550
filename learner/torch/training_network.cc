#include "learner/torch/training_network.h"

#include <fmt/format.h>

#include "learner/architecture.h"
#include "learner/torch/value_anchor.h"

namespace tesuji::learner {
namespace {

using torch::Tensor;

constexpr double kNormMomentum = 0.05;

class Layers {
 public:
  Layers(TorchTensors* tensors, bool batch_statistics)
      : tensors_(*tensors), batch_statistics_(batch_statistics) {}

  Tensor Convolve(const std::string& name, const Tensor& x) const {
    const Tensor& weight = tensors_.at(name + ".weight");
    const auto bias = tensors_.find(name + ".bias");
    return torch::conv2d(x, weight, bias == tensors_.end() ? Tensor() : bias->second, 1,
                         weight.size(2) / 2);
  }
  Tensor Norm(const std::string& name, const Tensor& x) const {
    return torch::batch_norm(x, tensors_.at(name + ".norm.scale"),
                             tensors_.at(name + ".norm.shift"), tensors_.at(name + ".norm.mean"),
                             tensors_.at(name + ".norm.variance"), batch_statistics_, kNormMomentum,
                             kNormEpsilon, /*cudnn_enabled=*/true);
  }
  Tensor NormConvolve(const std::string& name, const Tensor& x) const {
    return Norm(name, Convolve(name, x));
  }
  Tensor Linear(const std::string& name, const Tensor& x) const {
    return Convolve(name, x.unsqueeze(2).unsqueeze(3)).flatten(1);
  }
  static Tensor Pool(const Tensor& x) { return torch::cat({x.mean({2, 3}), x.amax({2, 3})}, 1); }
  Tensor Block(const NetworkConfig& config, int block, const Tensor& x) const {
    const std::string name = fmt::format("trunk.{}", block);
    Tensor middle = Convolve(name + ".first", x);
    if (PoolsGlobally(config, block)) {
      const Tensor pooled = Pool(NormConvolve(name + ".pool", x).relu());
      middle = middle + Linear(name + ".pool_bias", pooled).unsqueeze(2).unsqueeze(3);
    }
    middle = Norm(name + ".first", middle).relu();
    return (NormConvolve(name + ".second", middle) + x).relu();
  }

 private:
  TorchTensors& tensors_;
  bool batch_statistics_;
};

}  // namespace

TrainingOutput Forward(const env::Spec& spec, const NetworkConfig& config, TorchTensors* tensors,
                       const torch::Tensor& observations, bool training) {
  const Layers layers(tensors, training && config.norm == Norm::kBatch);
  Tensor shown = observations;
  if (spec.value_anchor_plane >= 0) {
    shown = observations.clone();
    shown.select(1, spec.value_anchor_plane).zero_();
  }
  Tensor x = layers.NormConvolve("stem", shown).relu();
  for (int block = 0; block < config.blocks; ++block) x = layers.Block(config, block, x);
  Tensor flat;
  if (FlatChannels(spec) > 0) flat = layers.NormConvolve("flat", x).relu().flatten(1);
  const auto features = [&](const Tensor& pooled) {
    return flat.defined() ? torch::cat({pooled, flat}, 1) : pooled;
  };
  TrainingOutput out;
  std::vector<Tensor> policy;
  const Tensor policy_pool = Layers::Pool(layers.NormConvolve("policy.pool", x).relu());
  if (spec.actions.planes_over_cells > 0) {
    Tensor board = layers.Convolve("policy.board", x) +
                   layers.Linear("policy.pool_bias", policy_pool).unsqueeze(2).unsqueeze(3);
    board = layers.Norm("policy.board", board).relu();
    policy.push_back(layers.Convolve("policy.cells", board).flatten(1));
  }
  if (spec.actions.other_actions > 0) {
    const Tensor hidden = layers.Linear("policy.hidden", features(policy_pool)).relu();
    policy.push_back(layers.Linear("policy.other", hidden));
  }
  out.policy = torch::cat(policy, 1);
  const Tensor board = layers.NormConvolve("value.board", x).relu();
  const Tensor hidden = layers.Linear("value.hidden", features(Layers::Pool(board))).relu();
  out.outcome = layers.Linear("value.outcome", hidden);
  if (spec.value_anchor_plane >= 0) {
    out.odds = AnchoredOdds(spec, observations, out.outcome);
    out.outcome = LogitsOfOdds(out.odds);
  }
  if (spec.has_score) out.score = layers.Linear("value.score", hidden).flatten();
  if (spec.has_ownership) out.ownership = layers.Convolve("value.ownership", board).flatten(1);
  return out;
}

}  // namespace tesuji::learner
