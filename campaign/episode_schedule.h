// Which episode is played next. Every episode number from 0 is handed out once; numbers that an
// earlier process lost in flight come first, so that a campaign has no holes. A number that comes
// back is handed out again after others, and a bounded number of times.
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace tesuji::campaign {

class EpisodeSchedule {
 public:
  /// `stored`: numbers that need not be played again, in any order. Numbers are handed out below
  /// `limit` (0: without end).
  EpisodeSchedule(std::vector<std::uint64_t> stored, std::uint64_t limit)
      : limit_(limit == 0 ? std::numeric_limits<std::uint64_t>::max() : limit) {
    std::sort(stored.begin(), stored.end());
    for (const std::uint64_t number : stored) {
      for (; next_ < number; ++next_) missing_.push_back(next_);
      next_ = number + 1;
    }
  }

  /// Empty when the limit is reached.
  std::optional<std::uint64_t> Next() {
    const std::lock_guard lock(mutex_);
    if (!missing_.empty() && missing_.front() < limit_) return TakeFront(&missing_);
    if (!returned_.empty() && (next_ >= limit_ || ++since_return_ > kOthersFirst)) {
      since_return_ = 0;
      return TakeFront(&returned_);
    }
    if (next_ >= limit_) return std::nullopt;
    return next_++;
  }

  /// An episode that came to nothing. False: it did so too often, and is left to the next process.
  bool PlayAgain(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (++returns_[number] > kMostReturns) return false;
    returned_.push_back(number);
    return true;
  }

  /// Episodes below the newest stored one that were in flight when an earlier process died.
  std::size_t missing() const {
    const std::lock_guard lock(mutex_);
    return missing_.size();
  }

 private:
  static constexpr int kOthersFirst = 16;
  static constexpr int kMostReturns = 3;

  static std::uint64_t TakeFront(std::deque<std::uint64_t>* numbers) {
    const std::uint64_t number = numbers->front();
    numbers->pop_front();
    return number;
  }

  mutable std::mutex mutex_;
  std::deque<std::uint64_t> missing_;
  std::deque<std::uint64_t> returned_;
  std::map<std::uint64_t, int> returns_;
  int since_return_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t limit_;
};

}  // namespace tesuji::campaign
