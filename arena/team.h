// Threads that share out numbered pieces of work: who is next, whether it is over, what went wrong.
// Only arena/*.cc include this. Thread-safety: all of it, but Run() once.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.h"

namespace tesuji::arena {

class Team {
 public:
  /// Pieces 0 to count - 1. `stop` may be empty; it is polled by Next() and over().
  Team(int count, std::function<bool()> stop) : count_(count), stop_(std::move(stop)) {}

  /// The next piece's number, or -1 when there is none.
  int Next() {
    if (over()) return -1;
    const int number = next_++;
    return number < count_ ? number : -1;
  }
  /// True once `stop` said so, somebody failed, or End() was called.
  bool over() {
    if (!over_ && stop_ && stop_()) {
      stopped_ = true;
      over_ = true;
    }
    return over_;
  }
  void End() { over_ = true; }
  /// Did `stop` end it?
  bool stopped() const { return stopped_; }

  /// How many of the pieces a thread has in hand at once: `at_most`, or fewer so that all threads
  /// have some.
  int share(int threads, int at_most) const {
    return std::clamp((count_ + threads - 1) / threads, 1, std::max(1, at_most));
  }

  /// `work` in each of `threads` threads, the caller's among them, until all return. Rethrows the
  /// first exception; else the first failure.
  Status Run(int threads, const std::function<Status()>& work) {
    const auto guarded = [&] {
      try {
        if (Status status = work(); !status) Fail(std::move(status.error()), nullptr);
      } catch (...) {
        Fail({}, std::current_exception());
      }
    };
    {
      std::vector<std::jthread> others;
      for (int i = 1; i < threads; ++i) others.emplace_back(guarded);
      guarded();
    }
    if (exception_) std::rethrow_exception(exception_);
    if (failure_) return tl::unexpected(*failure_);
    return {};
  }

 private:
  void Fail(Failure failure, std::exception_ptr exception) {
    const std::lock_guard lock(mutex_);
    if (exception && !exception_) exception_ = std::move(exception);
    if (!exception && !failure_) failure_ = std::move(failure);
    over_ = true;
  }

  const int count_;
  const std::function<bool()> stop_;
  std::atomic<int> next_{0};
  std::atomic<bool> over_{false};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // Guards the two below.
  std::optional<Failure> failure_;
  std::exception_ptr exception_;
};

}  // namespace tesuji::arena
