// Which episode is played next. Every episode number from 0 is handed out once; numbers that an
// earlier process lost in flight come first, so that a campaign has no holes.
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
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
    if (!missing_.empty() && missing_.front() < limit_) {
      const std::uint64_t number = missing_.front();
      missing_.pop_front();
      return number;
    }
    if (next_ >= limit_) return std::nullopt;
    return next_++;
  }

  /// Episodes below the newest stored one that were in flight when an earlier process died.
  std::size_t missing() const {
    const std::lock_guard lock(mutex_);
    return missing_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::deque<std::uint64_t> missing_;
  std::uint64_t next_ = 0;
  std::uint64_t limit_;
};

}  // namespace tesuji::campaign
