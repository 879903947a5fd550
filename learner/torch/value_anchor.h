// Spec::value_anchor_plane, for both forms of the network (learner/architecture.h).
// Thread-safety: a free function.
#pragma once

#include <ATen/ATen.h>

#include "env/environment.h"

namespace tesuji::learner {

/// [n, 3]: what the anchor adds to the logits of win, draw and loss. The plane holds the same
/// log-odds in every cell. REQUIRES: spec.value_anchor_plane >= 0, `observations` [n, c, h, w].
inline at::Tensor AnchorLogits(const env::Spec& spec, const at::Tensor& observations) {
  const at::Tensor half =
      observations.select(1, spec.value_anchor_plane).select(2, 0).select(1, 0) / 2;
  return at::stack({half, at::zeros_like(half), -half}, 1);
}

}  // namespace tesuji::learner
