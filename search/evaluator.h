// Policy and value for a batch of states: the only interface between search and networks, so that
// search does not include LibTorch. Uniform, network and caching evaluators implement it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/environment.h"

namespace tesuji::search {

/// A state to evaluate. Both are borrowed for the duration of the call.
struct EvaluationRequest {
  const env::State* state = nullptr;   ///< kOngoing, not a chance node.
  std::span<const env::Action> legal;  ///< Its LegalActions().
};

struct Evaluation {
  std::vector<float> priors;     ///< Parallel to `legal`; sums to 1.
  float value = 0;               ///< In [-1, 1], first player's view.
  float score = 0;               ///< Expected score, first player's view; 0 without a score head.
  std::vector<float> ownership;  ///< Per cell in [-1, 1], first player's view; only when asked.
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// Fills out[i] for requests[i]. REQUIRES: equal sizes. May block. Thread-safety is stated by
  /// each class; by default one thread.
  virtual void Evaluate(std::span<const EvaluationRequest> requests, std::span<Evaluation> out) = 0;
  /// Hash of the checkpoint behind it, or "uniform"; goes into every trajectory's provenance.
  virtual std::string checkpoint_hash() const = 0;
};

}  // namespace tesuji::search
