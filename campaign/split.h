// Which episodes are held out. They are never trained on, so they measure how well a checkpoint
// predicts episodes that are new to it. Episodes are drawn by their number. Where a lone agent has
// tasks that repeat, tasks are drawn instead, so that no held-out task is also trained on.
// Thread-safety: immutable.
#pragma once

#include <cstdint>

#include "api/environment.h"
#include "api/trajectory.h"
#include "storage/store.h"

namespace tesuji::campaign {

class Split {
 public:
  /// A store keeps to the way that it began with (fact "heldout_by"). Borrows the environment.
  static Split Of(const env::Environment& environment, storage::Store* store,
                  std::uint64_t campaign_seed, double heldout_fraction);

  bool IsHeldOut(const env::Trajectory& trajectory) const;

 private:
  Split(const env::Environment& environment, std::uint64_t campaign_seed, double fraction,
        bool by_task)
      : environment_(environment),
        campaign_seed_(campaign_seed),
        fraction_(fraction),
        by_task_(by_task) {}

  const env::Environment& environment_;
  const std::uint64_t campaign_seed_;
  const double fraction_;
  const bool by_task_;
};

}  // namespace tesuji::campaign
