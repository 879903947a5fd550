// Spec::value_anchor_plane, for both forms of the network (learner/architecture.h).
// Thread-safety: free functions.
#pragma once

#include <ATen/ATen.h>

#include "api/environment.h"

namespace tesuji::learner {

/// [n]: the odds of a win, those won already and, in the first of the network's own [n, 3]
/// numbers, those still to come. The plane holds the same number in every cell.
/// REQUIRES: spec.value_anchor_plane >= 0, `observations` [n, c, h, w].
inline at::Tensor AnchoredOdds(const env::Spec& spec, const at::Tensor& observations,
                               const at::Tensor& own) {
  return observations.select(1, spec.value_anchor_plane).select(2, 0).select(1, 0) +
         own.select(1, 0);
}

/// [n, 3]: the logits of win, draw and loss at such odds; never a draw.
inline at::Tensor LogitsOfOdds(const at::Tensor& odds) {
  constexpr double kSmallestOdds = 1e-4;
  constexpr double kNever = -100;
  const at::Tensor half = odds.clamp_min(kSmallestOdds).log() / 2;
  return at::stack({half, at::full_like(half, kNever), -half}, 1);
}

}  // namespace tesuji::learner
