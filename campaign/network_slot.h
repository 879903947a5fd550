// The network that self-play uses now: replaced by the learner, read by every worker.
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "learner/model.h"

namespace tesuji::campaign {

class NetworkSlot {
 public:
  /// `trained`: false for the one that a campaign begins with.
  void Set(std::shared_ptr<const learner::Network> network, bool trained = true) {
    const std::lock_guard lock(mutex_);
    network_ = std::move(network);
    trained_ = trained;
    version_.fetch_add(1, std::memory_order_release);
  }
  std::shared_ptr<const learner::Network> Get() const {
    const std::lock_guard lock(mutex_);
    return network_;
  }
  bool trained() const {
    const std::lock_guard lock(mutex_);
    return trained_;
  }
  /// Grows with every Set(): lets a worker notice a new network without taking the lock.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const learner::Network> network_;
  bool trained_ = false;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace tesuji::campaign
