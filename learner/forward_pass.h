// One run of a network on numbers: the seam between the evaluators, which know about states,
// symmetries and legal actions, and LibTorch, which does not.
// Thread-safety: stated by each class; by default one thread.
#pragma once

#include <span>
#include <vector>

namespace tesuji::learner {

/// What a network says about `rows` observations; all from the view of the player to move.
struct RawOutput {
  std::vector<float> policy;     ///< rows x action_count logits.
  std::vector<float> outcome;    ///< rows x 3 logits: win, draw, loss.
  std::vector<float> score;      ///< rows, in units of Spec::score_scale; empty without a score.
  std::vector<float> ownership;  ///< rows x cells in [-1, 1]; empty when not asked for.
};

class ForwardPass {
 public:
  virtual ~ForwardPass() = default;
  /// `observations` holds `rows` observations (planes x height x width each). Replaces *out. May
  /// block. Throws MachineError when the processor fails (out of memory).
  virtual void Run(std::span<const float> observations, int rows, RawOutput* out) = 0;
};

}  // namespace tesuji::learner
