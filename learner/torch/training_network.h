// The network for training: the layers of learner/architecture.h with autograd and batch
// statistics. Thread-safety: one thread.
#pragma once

#include "api/environment.h"
#include "learner/model.h"
#include "learner/torch/parameters.h"

namespace tesuji::learner {

/// All from the view of the player to move.
struct TrainingOutput {
  torch::Tensor policy;     ///< [n, actions] logits.
  torch::Tensor outcome;    ///< [n, 3] logits: win, draw, loss.
  torch::Tensor odds;       ///< [n], of a win; undefined without Spec::value_anchor_plane.
  torch::Tensor score;      ///< [n], in units of score_scale; undefined without a score.
  torch::Tensor ownership;  ///< [n, cells] before tanh; undefined without ownership.
};

/// `tensors` are used in place: batch-norm means and variances are updated when `training`.
TrainingOutput Forward(const env::Spec& spec, const NetworkConfig& config, TorchTensors* tensors,
                       const torch::Tensor& observations, bool training);

}  // namespace tesuji::learner
