// When a run ends: it is asked to stop, its time is over, or one of its threads calls Quit().
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>

namespace tesuji::campaign {

class RunLimits {
 public:
  /// `asked` is borrowed. `minutes` 0: no limit.
  RunLimits(const std::atomic<bool>& asked, double minutes) : asked_(asked), minutes_(minutes) {}

  bool Over() {
    if (asked_ || (minutes_ > 0 && seconds() >= 60 * minutes_)) quit_ = true;
    return quit_;
  }
  void Quit() { quit_ = true; }
  /// Games at the end of a run may take this share of its minutes more.
  static constexpr double kFinalShare = 0.25;
  bool FinalGamesOver() const {
    return asked_ || (minutes_ > 0 && seconds() >= 60 * minutes_ * (1 + kFinalShare));
  }
  /// As Over() said last; reads no clock.
  const std::atomic<bool>& quit() const { return quit_; }
  bool asked() const { return asked_; }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

 private:
  const std::atomic<bool>& asked_;
  const double minutes_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::atomic<bool> quit_{false};
};

}  // namespace tesuji::campaign
