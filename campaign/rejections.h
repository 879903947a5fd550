// How many finished episodes break the rules, and why the first one does. When more than a small
// share of them does, the environment or this program is at fault; the run then ends, because the
// store would fill with episodes that cannot be used.
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace tesuji::campaign {

class Rejections {
 public:
  /// Rejected episodes that a run tolerates: this share of all, but so many in any case.
  static constexpr double kTolerated = 0.01;
  static constexpr std::int64_t kToleratedCount = 10;

  void NoteSound();
  /// True for the first of the run. `reason`: one line.
  bool NoteRejected(std::uint64_t episode, const std::string& reason);

  /// For the progress line: "3 rejected (episode 7: …)"; empty when there are none.
  std::string Words() const;
  /// Why the campaign must stop; empty: it may go on.
  std::string Excess() const;

 private:
  mutable std::mutex mutex_;
  std::int64_t sound_ = 0;
  std::int64_t rejected_ = 0;
  std::string first_;
};

}  // namespace tesuji::campaign
