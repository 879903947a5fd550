// One self-play thread's work: interleaves many episodes, evaluates their leaves as one batch with
// its own evaluator, and hands finished trajectories to a sink.
// Thread-safety: a worker belongs to one thread; its collaborators say for themselves.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "campaign/episode_schedule.h"
#include "campaign/network_slot.h"
#include "campaign/worker.h"
#include "search/caching_evaluator.h"
#include "search/episode.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// Running totals over all workers, for progress and benchmarks.
struct SelfplayCounters {
  std::atomic<std::int64_t> episodes{0};
  std::atomic<std::int64_t> actions{0};
  std::atomic<std::int64_t> evaluations{0};  ///< Asked of the evaluator, cache hits included.
  std::atomic<std::int64_t> batches{0};
};

class SelfplayWorker final : public Worker {
 public:
  struct Options {
    const env::Environment* environment = nullptr;
    search::EpisodeOptions episode;
    env::Provenance provenance;  ///< Everything but the episode number and checkpoints.
    int episodes_in_flight = 32;
    /// Random playouts that value a leaf, with equal priors, until the network is a trained one; 0:
    /// ask the untrained one.
    int first_rollouts = 0;
    NetworkSlot* network = nullptr;
    search::EvaluationCache* cache = nullptr;  ///< May be null.
    SelfplayCounters* counters = nullptr;
    /// Takes a finished trajectory; may block (back-pressure).
    std::function<void(env::Trajectory)> sink;
  };

  explicit SelfplayWorker(Options options);
  ~SelfplayWorker() override;

  void SetSchedule(EpisodeSchedule* schedule) override { schedule_ = schedule; }
  Status Adopt(const storage::UnfinishedEpisode& unfinished) override;
  /// One batch: collect, evaluate, provide, hand over what finished.
  bool Step() override;
  std::vector<storage::UnfinishedEpisode> Unfinished() const override;
  std::size_t in_flight() const { return slots_.size(); }

 private:
  struct Slot;
  void Fill();
  void RefreshNetwork();
  void Finish(Slot* slot);

  Options options_;
  EpisodeSchedule* schedule_ = nullptr;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::shared_ptr<const learner::Network> network_;
  std::unique_ptr<search::Evaluator> evaluator_;
  std::uint64_t network_version_ = 0;
  bool schedule_ended_ = false;
  std::vector<search::EvaluationRequest> requests_;
  std::vector<search::Evaluation> evaluations_;
  std::vector<std::size_t> request_counts_;
};

}  // namespace tesuji::campaign
