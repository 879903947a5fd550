// How many finished episodes break the rules, and why the first one does. A few may be accidents; a
// larger share is a fault of the environment or of this program, and would fill the store with
// episodes that nobody can use.
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

  std::int64_t rejected() const;
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
