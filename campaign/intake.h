// What happens to a finished episode: it is judged where it awaits that, replayed through the
// rules, stored with its split and its status, and taught. Thread-safety: Take() may be called from
// any thread; it blocks while the disk is behind.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

#include "api/environment.h"
#include "api/producer.h"
#include "campaign/change_signal.h"
#include "campaign/learning.h"
#include "campaign/progress.h"
#include "campaign/rejections.h"
#include "campaign/run_limits.h"
#include "campaign/split.h"
#include "storage/writer.h"

namespace tesuji::campaign {

/// All are borrowed.
struct IntakeOptions {
  const env::Environment* environment = nullptr;
  storage::Writer* writer = nullptr;
  Learning* learning = nullptr;  ///< Null: nothing is taught, nothing is held out.
  const Split* split = nullptr;  ///< With `learning`.
  ProgressLine* progress = nullptr;
  RunLimits* limits = nullptr;
  ChangeSignal* changed = nullptr;  ///< Notified of every episode that was kept.
  /// Takes an episode that awaits a judge; its trajectory comes back to Keep(). Empty: there is no
  /// judge.
  std::function<void(env::FinishedEpisode)> judge = {};
};

/// Ends the run when too many episodes are rejected.
class Intake {
 public:
  explicit Intake(IntakeOptions options) : options_(std::move(options)) {}

  void Take(env::FinishedEpisode episode);
  /// Checks, stores and teaches an episode that has its outcome.
  void Keep(env::Trajectory trajectory);
  /// Episodes taken, rejected ones included.
  std::int64_t episodes() const { return episodes_; }
  const Rejections& rejections() const { return rejections_; }

 private:
  const IntakeOptions options_;
  std::atomic<std::int64_t> episodes_{0};
  Rejections rejections_;
};

}  // namespace tesuji::campaign
