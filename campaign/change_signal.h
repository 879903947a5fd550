// Wakes the threads of a run that wait for a change: an episode is stored, the judge has answered,
// a generation is trained, a worker has ended. Thread-safety: all methods may be called from any
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tesuji::campaign {

class ChangeSignal {
 public:
  void Notify() {
    {
      const std::lock_guard lock(mutex_);
      ++count_;
    }
    changed_.notify_all();
  }
  /// Calls of Notify() so far.
  std::uint64_t count() const { return count_; }

  /// Returns when `condition()` is true. It is asked after each Notify(), and some times a second,
  /// as the clock and a request to stop notify nobody. It must not call Notify().
  template <class Condition>
  void WaitUntil(const Condition& condition) {
    std::unique_lock lock(mutex_);
    while (!condition()) changed_.wait_for(lock, kGlance);
  }

 private:
  static constexpr std::chrono::milliseconds kGlance{50};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace tesuji::campaign
