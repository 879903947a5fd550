// The evaluator that asks a network: encodes states, applies symmetries, keeps legal actions only.
//
// Values: the network speaks for the player to move, an Evaluation for the first player.
// Determinism: equal requests in equal batches give equal numbers; another batch size may change
// the last bits, because the processor's kernels depend on it.
// Thread-safety: one thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/environment.h"
#include "learner/forward_pass.h"
#include "learner/model.h"
#include "search/evaluator.h"

namespace tesuji::learner {

class NetworkEvaluator : public search::Evaluator {
 public:
  NetworkEvaluator(env::Spec spec, std::string checkpoint_hash, const EvaluatorOptions& options,
                   std::unique_ptr<ForwardPass> forward);

  void Evaluate(std::span<const search::EvaluationRequest> requests,
                std::span<search::Evaluation> out) override;
  std::string checkpoint_hash() const override { return checkpoint_hash_; }

 private:
  /// Rows [begin, end) of all: row r is request r / views seen through symmetry r % views, so that
  /// one forward pass holds views of several requests. views = 1: as they are.
  void EvaluateRows(std::span<const search::EvaluationRequest> requests, std::size_t views,
                    std::size_t begin, std::size_t end, std::span<search::Evaluation> out);
  /// Adds `weight` times what row `row` of raw_ says to *out, undoing `symmetry`.
  void Accumulate(const search::EvaluationRequest& request, int row, const env::Symmetry& symmetry,
                  float weight, search::Evaluation* out);
  void Clear(const search::EvaluationRequest& request, search::Evaluation* out) const;

  const env::Spec spec_;
  const std::string checkpoint_hash_;
  const EvaluatorOptions options_;
  const std::unique_ptr<ForwardPass> forward_;
  std::vector<float> observations_;
  std::vector<float> one_observation_;
  std::vector<float> probabilities_;
  RawOutput raw_;
};

}  // namespace tesuji::learner
