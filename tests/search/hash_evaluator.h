// An evaluator whose answers are a fixed function of the state's fingerprint: uneven priors and
// values, the same in any order, batch and thread. Integer arithmetic and exact divisions only, so
// that what depends on it can be pinned.
#pragma once

#include <string>

#include "search/evaluator.h"

namespace tesuji::search {

class HashEvaluator : public Evaluator {
 public:
  explicit HashEvaluator(std::string name = "hash") : name_(std::move(name)) {}

  void Evaluate(std::span<const EvaluationRequest> requests, std::span<Evaluation> out) override {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const Key128 key = requests[i].state->Fingerprint();
      std::uint64_t hash = key.high ^ (key.low * 0x9e3779b97f4a7c15ULL);
      float sum = 0;
      out[i].priors.clear();
      for (std::size_t a = 0; a < requests[i].legal.size(); ++a) {
        out[i].priors.push_back(static_cast<float>(1 + Next(&hash) % 15));
        sum += out[i].priors.back();
      }
      for (float& prior : out[i].priors) prior /= sum;
      out[i].value = (static_cast<float>(Next(&hash) % 1025) - 512) / 1024;
      out[i].score = 0;
      out[i].ownership.clear();
    }
    count += static_cast<std::int64_t>(requests.size());
  }
  std::string checkpoint_hash() const override { return name_; }

  std::int64_t count = 0;

 private:
  static std::uint64_t Next(std::uint64_t* hash) {
    *hash = *hash * 6364136223846793005ULL + 1442695040888963407ULL;
    return *hash >> 33;
  }
  std::string name_;
};

}  // namespace tesuji::search
