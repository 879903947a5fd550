// One line with the progress of a long run. On a terminal it is rewritten in place; into a log it
// is printed once in each period.
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace tesuji::campaign {

class ProgressLine {
 public:
  /// Writes to stderr. `log_period`: how often a line is printed when stderr is no terminal.
  explicit ProgressLine(std::chrono::seconds log_period = std::chrono::seconds(30));
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const std::string& text);
  /// Prints a line of its own that stays.
  void Announce(const std::string& text);

 private:
  void Clear();
  std::mutex mutex_;
  bool terminal_;
  std::chrono::seconds log_period_;
  std::chrono::steady_clock::time_point last_log_{};
  bool dirty_ = false;
};

}  // namespace tesuji::campaign
