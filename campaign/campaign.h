// A campaign: a producer's workers, the learner and evaluation around one store.
//
// With one worker everything happens in one thread in a fixed order, so the seed decides every
// trajectory. With more, workers play on while the learner trains; it takes
// selfplay.paused_while_learning of their processors for that time.
// Thread-safety: Open() and Run() from one thread; `stop` may be set from a signal handler.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "api/registry.h"
#include "arena/game_hooks.h"
#include "campaign/campaign_config.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// Why Run() came back, and what it did.
struct CampaignOutcome {
  bool interrupted = false;          ///< By `stop`; otherwise a limit of the campaign was reached.
  std::int64_t episodes = 0;         ///< Stored by this run.
  std::int64_t kept_unfinished = 0;  ///< Episodes in flight that were kept for the next run.
  std::int64_t resumed_unfinished = 0;
  /// Why the campaign gave up before its limits; empty: it did not.
  std::string given_up = {};
  /// What the first training waits for, when there was none; else empty.
  std::string nothing_trained = {};
  /// A judge that did not return from a call still has a thread: leave by _exit().
  bool left_a_thread = false;
};

class Campaign {
 public:
  /// Opens or creates the store and checks that it belongs to this campaign. The registry must
  /// outlive the campaign. `hooks` makes what the environment's family tells its matches; empty:
  /// the arena's defaults. Throws MachineError where LibTorch cannot be loaded; there is no new
  /// store then.
  static Result<std::unique_ptr<Campaign>> Open(CampaignConfig config,
                                                const env::Registry& registry,
                                                const arena::GameHooksMaker& hooks = {});
  ~Campaign();

  /// Plays until a limit is reached or `stop` becomes true. Throws MachineError when the machine
  /// fails; what was stored stays.
  CampaignOutcome Run(const std::atomic<bool>& stop);

  const storage::Store& store() const;

 private:
  struct Impl;
  class Runner;
  explicit Campaign(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::campaign
