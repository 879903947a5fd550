// The learner's side of a campaign: collects verified trajectories, and when a generation's worth
// is there trains, scores the new checkpoint on held-out episodes, stores it and publishes it.
//
// Thread-safety: Add() and due() may be called from any thread; everything else from one thread
// (the learner's, or with one worker the only one).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/producer.h"
#include "api/trajectory.h"
#include "campaign/campaign_config.h"
#include "campaign/policy_slot.h"
#include "learner/compression.h"
#include "learner/replay_window.h"
#include "learner/trainer.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// What one generation came to.
struct GenerationReport {
  storage::CheckpointInfo checkpoint;
  learner::TrainingReport training;
  std::vector<storage::Metric> metrics;
};

class Learning {
 public:
  /// All are borrowed and must outlive this.
  Learning(const env::Environment& environment, const CampaignConfig& config, storage::Store* store,
           PolicySlot* policy);
  ~Learning();

  /// Goes on from the store's newest checkpoint and trajectories, or stores and publishes
  /// generation 0 (the untrained network).
  Status Start();

  /// From now on batches come from `mixed`: as many more of them are trained on as its share of
  /// stored rows is smaller.
  void TeachFrom(env::MixedRows mixed) { mixed_ = std::move(mixed); }
  const env::TrainingRows& stored_rows() const { return window_; }
  /// The newest checkpoint, as a policy and as it is. From the learner's thread.
  std::shared_ptr<const env::Policy> policy() const { return policy_->Get().policy; }
  std::shared_ptr<const learner::Network> newest() const { return newest_; }

  /// A verified trajectory; held-out ones measure, the others teach. One that does not replay is
  /// counted and does neither; the reason comes back.
  Status Add(const env::Trajectory& trajectory, bool heldout);
  /// Stored trajectories that Start() could not teach, and why the first one.
  std::int64_t refused() const { return refused_; }
  const std::string& first_refusal() const { return first_refusal_; }
  /// True when the next generation has its episodes and rows.
  bool due() const;
  /// True when a second generation's worth of episodes waits beyond what is due: who makes episodes
  /// should wait for the learner.
  bool behind() const;
  /// What the next generation waits for: "next generation at 400 games".
  std::string NextWords() const;
  /// Trains and stores one generation. Empty when `stop` interrupted it (nothing is stored then;
  /// it is repeated on resuming).
  std::optional<GenerationReport> RunGeneration(const std::function<bool()>& stop);

  std::int64_t generation() const { return generation_; }
  std::int64_t window_rows() const { return window_.rows(); }
  std::int64_t rows_made() const { return window_.rows_made(); }
  std::int64_t episodes() const { return episodes_; }
  std::int64_t episodes_for_next() const;

 private:
  void Publish(std::shared_ptr<const learner::Network> network, bool trained);
  std::vector<storage::Metric> Score(std::int64_t id, const learner::Network& network,
                                     const learner::Network* previous);

  const env::Environment& environment_;
  const CampaignConfig& config_;
  storage::Store* store_;
  PolicySlot* policy_;
  learner::ReplayWindow window_;
  env::MixedRows mixed_;
  std::shared_ptr<const learner::Network> newest_;
  std::unique_ptr<learner::Trainer> trainer_;
  std::atomic<std::int64_t> generation_{0};           ///< Id of the newest checkpoint.
  std::int64_t rows_trained_ = 0;                     ///< Rows made when it was trained.
  std::atomic<std::int64_t> episodes_{0};             ///< Verified so far.
  std::atomic<std::int64_t> checkpoint_episodes_{0};  ///< Of them, when the newest was made.
  std::int64_t refused_ = 0;                          ///< By Start().
  std::string first_refusal_;
  std::mutex heldout_mutex_;
  std::deque<env::Trajectory> heldout_;  ///< The newest evaluation.heldout_episodes.
};

}  // namespace tesuji::campaign
