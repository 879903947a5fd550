#include "search/caching_evaluator.h"

#include <limits>
#include <unordered_map>

namespace tesuji::search {

CachingEvaluator::CachingEvaluator(std::unique_ptr<Evaluator> inner, EvaluationCache* cache)
    : inner_(std::move(inner)), cache_(cache), tag_(CheckpointTag(inner_->checkpoint_hash())) {}

void CachingEvaluator::Evaluate(std::span<const EvaluationRequest> requests,
                                std::span<Evaluation> out) {
  constexpr std::size_t kFound = std::numeric_limits<std::size_t>::max();
  keys_.clear();
  missing_.clear();
  twins_.assign(requests.size(), kFound);
  std::unordered_map<Key128, std::size_t> first;  // Key -> position in missing_.
  for (std::size_t i = 0; i < requests.size(); ++i) {
    keys_.push_back(requests[i].state->Fingerprint());
    if (cache_->Find(keys_[i], tag_, requests[i].legal.size(), &out[i])) continue;
    const auto [it, is_new] = first.try_emplace(keys_[i], missing_.size());
    twins_[i] = it->second;
    if (is_new) missing_.push_back(i);
  }
  if (missing_.empty()) return;
  inner_requests_.clear();
  for (const std::size_t index : missing_) inner_requests_.push_back(requests[index]);
  inner_evaluations_.resize(missing_.size());
  inner_->Evaluate(inner_requests_, inner_evaluations_);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (twins_[i] != kFound) out[i] = inner_evaluations_[twins_[i]];
  }
  for (std::size_t i = 0; i < missing_.size(); ++i) {
    cache_->Put(keys_[missing_[i]], tag_, inner_evaluations_[i]);
  }
}

}  // namespace tesuji::search
