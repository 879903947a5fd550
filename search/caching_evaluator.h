// An evaluator that looks into the cache first and asks another evaluator for the rest.
// Thread-safety: one thread an evaluator; many evaluators may share one cache.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/evaluation_cache.h"
#include "search/evaluator.h"

namespace tesuji::search {

class CachingEvaluator : public Evaluator {
 public:
  /// Owns `inner`, borrows `cache`.
  CachingEvaluator(std::unique_ptr<Evaluator> inner, EvaluationCache* cache);

  /// Requests with equal keys in one batch are evaluated once.
  void Evaluate(std::span<const EvaluationRequest> requests, std::span<Evaluation> out) override;
  std::string checkpoint_hash() const override { return inner_->checkpoint_hash(); }

 private:
  std::unique_ptr<Evaluator> inner_;
  EvaluationCache* cache_;
  std::uint64_t tag_;
  std::vector<Key128> keys_;
  std::vector<std::size_t> missing_;  ///< Indices into the batch.
  std::vector<std::size_t> twins_;    ///< For each request, its position in missing_, or npos.
  std::vector<EvaluationRequest> inner_requests_;
  std::vector<Evaluation> inner_evaluations_;
};

}  // namespace tesuji::search
