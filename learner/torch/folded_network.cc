#include "learner/torch/folded_network.h"

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "learner/torch/value_anchor.h"

namespace tesuji::learner {
namespace {

/// Multiply-adds below which a plain matrix product is done before oneDNN has set up a convolution
/// (about 25 µs).
constexpr std::int64_t kSmallProduct = 65'536;

/// A convolution and the batch norm behind it as one convolution with bias.
struct Folded {
  FloatTensor weight;
  std::vector<float> bias;
  std::vector<double> factors;  ///< What the norm multiplies each channel by.
};

Folded Fold(const TensorMap& tensors, const std::string& name) {
  const auto values = [&](const char* suffix) -> const std::vector<float>& {
    return tensors.at(name + suffix).values;
  };
  Folded folded{tensors.at(name + ".weight"), {}, {}};
  const std::vector<float>& scale = values(".norm.scale");
  const std::size_t per_channel = folded.weight.values.size() / scale.size();
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double factor = scale[c] / std::sqrt(values(".norm.variance")[c] + kNormEpsilon);
    folded.factors.push_back(factor);
    folded.bias.push_back(
        static_cast<float>(values(".norm.shift")[c] - values(".norm.mean")[c] * factor));
    for (std::size_t i = 0; i < per_channel; ++i) {
      float& weight = folded.weight.values[c * per_channel + i];
      weight = static_cast<float>(weight * factor);
    }
  }
  return folded;
}

/// A bias computed from pooled values enters before the norm, so the norm's factor applies to it.
FloatTensor ScaleRows(FloatTensor weight, const std::vector<double>& factors) {
  const std::size_t per_channel = weight.values.size() / factors.size();
  for (std::size_t i = 0; i < weight.values.size(); ++i) {
    weight.values[i] = static_cast<float>(weight.values[i] * factors[i / per_channel]);
  }
  return weight;
}

/// Mean and maximum over the board: [n, c, h, w] to [n, 2c, 1, 1].
at::Tensor Pool(const at::Tensor& x) {
  return at::cat({x.mean({2, 3}, /*keepdim=*/true), x.amax({2, 3}, /*keepdim=*/true)}, 1);
}

void CopyTo(const at::Tensor& tensor, std::vector<float>* out) {
  const at::Tensor dense = tensor.to(at::kCPU).contiguous();
  out->assign(dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel());
}

}  // namespace

FoldedNetwork::Layer FoldedNetwork::MakeLayer(const std::vector<FloatTensor>& weights,
                                              const std::vector<float>& bias) const {
  std::vector<at::Tensor> parts;
  for (const FloatTensor& weight : weights) {
    // from_blob only reads here; it has no const form.
    parts.push_back(
        at::from_blob(const_cast<float*>(weight.values.data()), weight.shape, at::kFloat));
  }
  Layer layer;
  layer.weight = at::cat(parts, 0).to(device_).contiguous(at::MemoryFormat::ChannelsLast);
  if (!bias.empty()) {
    layer.bias = at::empty({static_cast<std::int64_t>(bias.size())}, at::kFloat);
    std::copy(bias.begin(), bias.end(), layer.bias.data_ptr<float>());
    layer.bias = layer.bias.to(device_);
  }
  return layer;
}

FoldedNetwork::FoldedNetwork(const env::Spec& spec, const NetworkConfig& config,
                             const TensorMap& tensors, at::Device device)
    : spec_(spec), config_(config), device_(device) {
  const c10::InferenceMode guard;
  // Folds each named convolution and stacks them over their common input.
  const auto stack = [&](const std::vector<std::string>& names) {
    std::vector<FloatTensor> weights;
    std::vector<float> bias;
    for (const std::string& name : names) {
      Folded folded = Fold(tensors, name);
      weights.push_back(std::move(folded.weight));
      bias.insert(bias.end(), folded.bias.begin(), folded.bias.end());
    }
    return MakeLayer(weights, bias);
  };
  const auto linear = [&](const std::string& name) {
    return MakeLayer({tensors.at(name + ".weight")}, tensors.at(name + ".bias").values);
  };
  const auto pool_bias = [&](const std::string& name, const std::string& into) {
    return MakeLayer({ScaleRows(tensors.at(name + ".weight"), Fold(tensors, into).factors)}, {});
  };

  stem_ = stack({"stem"});
  if (spec.value_anchor_plane >= 0) stem_.weight.select(1, spec.value_anchor_plane).zero_();
  for (int i = 0; i < config.blocks; ++i) {
    const std::string name = fmt::format("trunk.{}", i);
    Block block;
    if (PoolsGlobally(config, i)) {
      block.first = stack({name + ".first", name + ".pool"});
      block.pool_bias = pool_bias(name + ".pool_bias", name + ".first");
    } else {
      block.first = stack({name + ".first"});
    }
    block.second = stack({name + ".second"});
    blocks_.push_back(std::move(block));
  }
  std::vector<std::string> heads = {"policy.pool", "value.board"};
  if (spec.actions.planes_over_cells > 0) {
    heads.insert(heads.begin(), "policy.board");
    policy_pool_bias_ = pool_bias("policy.pool_bias", "policy.board");
    policy_cells_ = linear("policy.cells");
  }
  if (FlatChannels(spec) > 0) heads.emplace_back("flat");
  heads_ = stack(heads);
  if (spec.actions.other_actions > 0) {
    policy_hidden_ = linear("policy.hidden");
    policy_other_ = linear("policy.other");
  }
  value_hidden_ = linear("value.hidden");
  value_outcome_ = linear("value.outcome");
  if (spec.has_score) {
    std::vector<float> bias = tensors.at("value.outcome.bias").values;
    bias.push_back(tensors.at("value.score.bias").values.at(0));
    value_outcome_ =
        MakeLayer({tensors.at("value.outcome.weight"), tensors.at("value.score.weight")}, bias);
  }
  if (spec.has_ownership) value_ownership_ = linear("value.ownership");
}

at::Tensor FoldedNetwork::MakeInput(std::span<const float> observations, int rows) const {
  const c10::InferenceMode guard;
  const env::ObservationShape& shape = spec_.observation;
  at::Tensor input = at::empty({rows, shape.planes, shape.height, shape.width}, at::kFloat,
                               at::MemoryFormat::ChannelsLast);
  float* to = input.data_ptr<float>();
  const auto planes = static_cast<std::size_t>(shape.planes);
  const auto cells = static_cast<std::size_t>(shape.cells());
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    const float* from = observations.data() + row * planes * cells;
    for (std::size_t c = 0; c < cells; ++c) {
      for (std::size_t p = 0; p < planes; ++p) *to++ = from[p * cells + c];
    }
  }
  return input.to(device_);
}

at::Tensor FoldedNetwork::Convolve(const at::Tensor& x, const Layer& layer) const {
  if (x.size(2) == 1 && x.size(3) == 1 && layer.weight.size(2) == 1 &&
      x.size(0) * layer.weight.numel() <= kSmallProduct) {
    return at::linear(x.flatten(1), layer.weight.flatten(1), layer.bias).unsqueeze(2).unsqueeze(3);
  }
  const std::int64_t padding = layer.weight.size(2) / 2;
  // Length-2 lists on purpose: oneDNN's glue does not widen length-1 ones.
  const std::int64_t pads[] = {padding, padding};
  const std::int64_t ones[] = {1, 1};
  if (device_.is_cpu() && at::globalContext().hasMKLDNN()) {
    return at::mkldnn_convolution(x.contiguous(at::MemoryFormat::ChannelsLast), layer.weight,
                                  layer.bias, pads, ones, ones, 1);
  }
  return at::conv2d(x, layer.weight, layer.bias, ones, pads, ones, 1);
}

at::Tensor FoldedNetwork::RunBlock(const at::Tensor& x, const Block& block) const {
  at::Tensor middle = Convolve(x, block.first);
  if (block.pool_bias.weight.defined()) {
    const std::int64_t pooled = PooledChannels(config_);
    const std::int64_t regular = config_.channels - pooled;
    const at::Tensor bias =
        Convolve(Pool(middle.narrow(1, regular, pooled).relu()), block.pool_bias);
    middle = middle.narrow(1, 0, regular) + bias;
  }
  at::Tensor out = Convolve(middle.relu_(), block.second);
  out.add_(x);
  return out.relu_();
}

at::Tensor FoldedNetwork::RunTrunk(const at::Tensor& input) const {
  at::Tensor x = Convolve(input, stem_).relu_();
  for (const Block& block : blocks_) x = RunBlock(x, block);
  return x;
}

at::Tensor FoldedNetwork::RunPolicy(const at::Tensor& board, const at::Tensor& features) const {
  std::vector<at::Tensor> parts;
  if (policy_cells_.weight.defined()) {
    const at::Tensor bias =
        Convolve(features.narrow(1, 0, 2 * config_.head_channels), policy_pool_bias_);
    parts.push_back(Convolve((board + bias).relu_(), policy_cells_).contiguous().flatten(1));
  }
  if (policy_other_.weight.defined()) {
    parts.push_back(Convolve(Convolve(features, policy_hidden_).relu_(), policy_other_).flatten(1));
  }
  return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
}

void FoldedNetwork::Run(const at::Tensor& input, bool ownership, RawOutput* out) const {
  const c10::InferenceMode guard;
  const std::int64_t head = config_.head_channels;
  const at::Tensor all = Convolve(RunTrunk(input), heads_);
  const std::int64_t board = policy_cells_.weight.defined() ? head : 0;
  const at::Tensor active = all.narrow(1, board, all.size(1) - board).relu();
  const at::Tensor mean = active.mean({2, 3}, /*keepdim=*/true);
  const at::Tensor maximum = active.amax({2, 3}, /*keepdim=*/true);
  std::vector<at::Tensor> policy = {mean.narrow(1, 0, head), maximum.narrow(1, 0, head)};
  std::vector<at::Tensor> value = {mean.narrow(1, head, head), maximum.narrow(1, head, head)};
  if (const std::int64_t flat = FlatChannels(spec_); flat > 0) {
    const at::Tensor cells = active.narrow(1, 2 * head, flat)
                                 .contiguous(at::MemoryFormat::Contiguous)
                                 .reshape({input.size(0), -1, 1, 1});
    policy.push_back(cells);
    value.push_back(cells);
  }
  CopyTo(RunPolicy(all.narrow(1, 0, board), at::cat(policy, 1)), &out->policy);
  const at::Tensor hidden = Convolve(at::cat(value, 1), value_hidden_).relu_();
  const at::Tensor outcome = Convolve(hidden, value_outcome_);
  const at::Tensor own = outcome.narrow(1, 0, 3).reshape({-1, 3});
  CopyTo(spec_.value_anchor_plane >= 0 ? LogitsOfOdds(AnchoredOdds(spec_, input, own)) : own,
         &out->outcome);
  out->score.clear();
  out->ownership.clear();
  if (spec_.has_score) CopyTo(outcome.narrow(1, 3, 1), &out->score);
  if (ownership && value_ownership_.weight.defined()) {
    CopyTo(Convolve(active.narrow(1, head, head), value_ownership_).tanh_(), &out->ownership);
  }
}

}  // namespace tesuji::learner
