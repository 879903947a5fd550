// One self-play thread's work: interleaves many episodes, evaluates their leaves as one batch with
// its own evaluator, and hands finished ones to its host.
// Thread-safety: a worker belongs to one thread; its collaborators say for themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "api/producer.h"
#include "search/caching_evaluator.h"
#include "search/episode.h"

namespace tesuji::campaign {

class SelfplayWorker final : public env::ProducerWorker {
 public:
  struct Options {
    search::EpisodePlan plan;
    int episodes_in_flight = 32;
    /// Random playouts that value a leaf, with equal priors, until the policy is a trained one; 0:
    /// ask the untrained one.
    int first_rollouts = 0;
    search::EvaluationCache* cache = nullptr;  ///< May be null.
    env::ProducerHost* host = nullptr;
  };

  explicit SelfplayWorker(Options options);
  ~SelfplayWorker() override;

  Status Adopt(const env::EpisodeInFlight& unfinished) override;
  /// One batch: collect, evaluate, provide, hand over what finished.
  bool Step() override;
  std::vector<env::EpisodeInFlight> Unfinished() const override;

 private:
  struct Slot;
  void Fill();
  void RefreshPolicy();
  void Finish(Slot* slot);
  void HandOverFinished();

  Options options_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::unique_ptr<search::Evaluator> evaluator_;
  std::uint64_t policy_version_ = 0;
  std::vector<search::EvaluationRequest> requests_;
  std::vector<search::Evaluation> evaluations_;
  std::vector<std::size_t> request_counts_;
};

}  // namespace tesuji::campaign
