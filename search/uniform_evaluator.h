// The evaluator without a network: equal priors; the value of random playouts, or 0.
// Thread-safety: one thread at a time (share nothing, make one for each worker).
#pragma once

#include "core/random.h"
#include "search/evaluator.h"

namespace tesuji::search {

class UniformEvaluator : public Evaluator {
 public:
  /// Value 0 everywhere.
  UniformEvaluator() = default;
  /// Value of `rollouts` uniformly random playouts. The playouts of a state depend on `seed` and
  /// the state alone, so equal requests get equal answers in any order. A playout that ends before
  /// a judge counts 0.
  UniformEvaluator(int rollouts, std::uint64_t seed) : rollouts_(rollouts), seed_(seed) {}

  void Evaluate(std::span<const EvaluationRequest> requests, std::span<Evaluation> out) override;
  std::string checkpoint_hash() const override { return "uniform"; }

 private:
  int rollouts_ = 0;
  std::uint64_t seed_ = 0;
};

/// Plays uniformly random actions (and chance outcomes) until the episode is over.
void PlayRandomly(env::State* state, RandomStream* random);

}  // namespace tesuji::search
