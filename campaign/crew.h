// Runs a campaign's workers. One worker shares a thread with the learner, in a fixed order, so that
// the seed decides every trajectory. More play on in threads of their own while the learner trains
// on the caller's; some make room for it meanwhile.
// Failures: what a thread throws ends all of them and is thrown again by RunCrew().
// Thread-safety: one call at a time; blocks until the run is over.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/producer.h"
#include "campaign/change_signal.h"
#include "campaign/run_limits.h"

namespace tesuji::campaign {

struct CrewOptions {
  const std::vector<std::unique_ptr<env::ProducerWorker>>* workers = nullptr;  ///< Borrowed.
  RunLimits* limits = nullptr;                                                 ///< Borrowed.
  ChangeSignal* changed = nullptr;  ///< Borrowed; notified of every episode that is stored.
  std::function<bool()> generation_due;
  std::function<void()> run_generation;  ///< Blocks while it trains.
  std::function<void()> show_progress;   ///< Twice a second.
  int paused_while_learning = 0;         ///< Workers that make room while it trains.
  std::function<bool()> all_pause;       ///< True: every worker makes room while it trains.
  /// True: workers wait until it is false, because the learner is behind. A generation is due then.
  std::function<bool()> must_wait;
  /// Moves on what the judge has answered; called again and again by a thread of its own, or after
  /// each step of a single worker, when it must not return before all is answered. Empty: no judge.
  std::function<void()> deliver = {};
  std::function<bool()> awaiting = {};  ///< True while episodes are with the judge.
};

void RunCrew(const CrewOptions& options);

}  // namespace tesuji::campaign
