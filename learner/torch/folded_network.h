// A network for inference: every batch norm folded into the convolution before it, convolutions of
// one input merged into one, no autograd.
//
// On the CPU tensors are channels-last and convolutions go to oneDNN directly: at::conv2d would
// send a batch of one to a generic kernel that is thirty times slower.
// Thread-safety: immutable; Run() may be called from any number of threads.
#pragma once

#include <ATen/ATen.h>

#include <span>
#include <vector>

#include "api/environment.h"
#include "learner/architecture.h"
#include "learner/forward_pass.h"

namespace tesuji::learner {

class FoldedNetwork {
 public:
  /// REQUIRES: `tensors` are those of NetworkParameters(spec, config).
  FoldedNetwork(const env::Spec& spec, const NetworkConfig& config, const TensorMap& tensors,
                at::Device device);

  /// Channels-last observations on the network's device.
  at::Tensor MakeInput(std::span<const float> observations, int rows) const;
  /// Everything behind the encoding. REQUIRES: MakeInput()'s result.
  void Run(const at::Tensor& input, bool ownership, RawOutput* out) const;

 private:
  struct Layer {
    at::Tensor weight;
    at::Tensor bias;  ///< Undefined: none.
  };
  struct Block {
    Layer first;      ///< Of a pooling block: regular channels, then pooled ones.
    Layer pool_bias;  ///< Undefined weight: not a pooling block.
    Layer second;
  };
  Layer MakeLayer(const std::vector<FloatTensor>& weights, const std::vector<float>& bias) const;
  at::Tensor Convolve(const at::Tensor& x, const Layer& layer) const;
  at::Tensor RunTrunk(const at::Tensor& input) const;
  at::Tensor RunBlock(const at::Tensor& x, const Block& block) const;
  at::Tensor RunPolicy(const at::Tensor& board, const at::Tensor& features) const;

  const env::Spec spec_;
  const NetworkConfig config_;
  const at::Device device_;
  Layer stem_;
  std::vector<Block> blocks_;
  Layer heads_;  ///< Policy board (when there is one), policy pool, value board, flat channels.
  Layer policy_pool_bias_, policy_cells_, policy_hidden_, policy_other_;
  Layer value_hidden_, value_ownership_;
  Layer value_outcome_;  ///< Win, draw, loss and, where there is one, the score.
};

}  // namespace tesuji::learner
