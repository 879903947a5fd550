// One step of each optimiser on one tensor, in place. LibTorch has both, but keeps their state in
// objects of its own; here it is tensors with names, which a saved learner can hold.
// Thread-safety: free functions.
#pragma once

#include <torch/torch.h>

#include <cmath>

namespace tesuji::learner {

struct StepOptions {
  double rate = 0;      ///< Of learning.
  double momentum = 0;  ///< Beta 1 of Adam.
  double decay = 0;     ///< Of weights; 0 for biases and the like.
};

/// Nesterov momentum as in Sutskever et al. (ICML 2013), in the form of torch::optim::SGD.
inline void StepOfSgd(const StepOptions& options, const torch::Tensor& gradient,
                      torch::Tensor* velocity, torch::Tensor* weights) {
  const torch::Tensor decayed =
      options.decay > 0 ? gradient + weights->detach() * options.decay : gradient;
  velocity->mul_(options.momentum).add_(decayed);
  weights->add_(decayed + *velocity * options.momentum, -options.rate);
}

/// Adam (arXiv 1412.6980) with decoupled weight decay (1711.05101). `step` counts from 1.
inline void StepOfAdam(const StepOptions& options, double step, const torch::Tensor& gradient,
                       torch::Tensor* mean, torch::Tensor* square, torch::Tensor* weights) {
  constexpr double kSquareDecay = 0.999;  // Beta 2.
  constexpr double kEpsilon = 1e-8;
  mean->mul_(options.momentum).add_(gradient, 1 - options.momentum);
  square->mul_(kSquareDecay).addcmul_(gradient, gradient, 1 - kSquareDecay);
  const double mean_seen = 1 - std::pow(options.momentum, step);
  const double square_seen = 1 - std::pow(kSquareDecay, step);
  if (options.decay > 0) weights->mul_(1 - options.rate * options.decay);
  weights->addcdiv_(*mean, (*square / square_seen).sqrt().add_(kEpsilon),
                    -options.rate / mean_seen);
}

}  // namespace tesuji::learner
