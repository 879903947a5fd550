// The leaves that many thinking players wait for, as one batch for each evaluator.
// Only arena/*.cc include this. Thread-safety: one thread at a time.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "arena/player.h"

namespace tesuji::arena {

class LeafBatches {
 public:
  void Clear() {
    for (Batch& batch : batches_) {
      batch.requests.clear();
      batch.owners.clear();
    }
  }

  /// Takes a player's requests. False when it searches nothing (null, or without an evaluator).
  bool Collect(Player* player) {
    if (player == nullptr || player->evaluator() == nullptr) return false;
    Batch& batch = BatchOf(player->evaluator());
    const std::size_t before = batch.requests.size();
    player->CollectRequests(&batch.requests);
    batch.owners.emplace_back(player, batch.requests.size() - before);
    return true;
  }

  /// Evaluates what was collected since Clear() and provides it to its owners.
  void Run() {
    for (Batch& batch : batches_) {
      batch.evaluations.resize(batch.requests.size());
      if (!batch.requests.empty()) batch.evaluator->Evaluate(batch.requests, batch.evaluations);
      std::span<search::Evaluation> rest(batch.evaluations);
      for (const auto& [player, count] : batch.owners) {
        player->Provide(rest.first(count));
        rest = rest.subspan(count);
      }
    }
  }

 private:
  struct Batch {
    search::Evaluator* evaluator = nullptr;
    std::vector<search::EvaluationRequest> requests;
    std::vector<std::pair<Player*, std::size_t>> owners;
    std::vector<search::Evaluation> evaluations;
  };

  Batch& BatchOf(search::Evaluator* evaluator) {
    for (Batch& batch : batches_) {
      if (batch.evaluator == evaluator) return batch;
    }
    batches_.emplace_back().evaluator = evaluator;
    return batches_.back();
  }

  std::vector<Batch> batches_;
};

}  // namespace tesuji::arena
