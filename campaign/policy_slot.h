// The policy that episodes are made with now: replaced by the learner, read by every worker.
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "api/producer.h"
#include "learner/model.h"

namespace tesuji::campaign {

/// A network as producers see it.
class NetworkPolicy final : public env::Policy {
 public:
  explicit NetworkPolicy(std::shared_ptr<const learner::Network> network)
      : network_(std::move(network)) {}
  const std::string& hash() const override { return network_->hash(); }
  std::unique_ptr<search::Evaluator> MakeEvaluator(int batch) const override {
    learner::EvaluatorOptions options;
    options.batch = batch;
    return network_->MakeEvaluator(options);
  }

 private:
  std::shared_ptr<const learner::Network> network_;
};

class PolicySlot {
 public:
  /// `trained`: false for the one that a campaign begins with.
  void Set(std::shared_ptr<const env::Policy> policy, bool trained = true) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t version = current_.version + 1;
    current_ = {.policy = std::move(policy), .version = version, .trained = trained};
    version_.store(version, std::memory_order_release);
  }
  env::CurrentPolicy Get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  env::CurrentPolicy current_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace tesuji::campaign
