// What happens to a finished episode: it is judged where it awaits that, replayed through the
// rules, stored with its split and its status, and taught. Thread-safety: Take() may be called from
// any thread; it blocks while the disk is behind.
#pragma once

#include <atomic>
#include <cstdint>

#include "api/environment.h"
#include "api/producer.h"
#include "campaign/learning.h"
#include "storage/writer.h"

namespace tesuji::campaign {

/// All are borrowed.
struct IntakeOptions {
  const env::Environment* environment = nullptr;
  storage::Writer* writer = nullptr;
  Learning* learning = nullptr;  ///< Null: nothing is taught, nothing is held out.
  std::uint64_t campaign_seed = 0;
  double heldout_fraction = 0;
};

class Intake {
 public:
  explicit Intake(const IntakeOptions& options) : options_(options) {}

  void Take(env::FinishedEpisode episode);
  /// Episodes taken, rejected ones included.
  std::int64_t episodes() const { return episodes_; }
  std::int64_t rejected() const { return rejected_; }

 private:
  void Keep(env::Trajectory trajectory);

  const IntakeOptions options_;
  std::atomic<std::int64_t> episodes_{0};
  std::atomic<std::int64_t> rejected_{0};
};

}  // namespace tesuji::campaign
