// The campaign as its producer's workers see it.
// Thread-safety: all methods may be called from any thread; the setters of one run come first.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "api/producer.h"
#include "campaign/episode_schedule.h"
#include "campaign/intake.h"
#include "campaign/policy_slot.h"
#include "campaign/progress.h"
#include "campaign/run_limits.h"

namespace tesuji::campaign {

/// Running totals over all workers.
struct EffortTotals {
  std::atomic<std::int64_t> actions{0};
  std::atomic<std::int64_t> evaluations{0};
  std::atomic<std::int64_t> batches{0};

  void Add(const env::Effort& effort) {
    actions.fetch_add(effort.actions, std::memory_order_relaxed);
    evaluations.fetch_add(effort.evaluations, std::memory_order_relaxed);
    batches.fetch_add(effort.batches, std::memory_order_relaxed);
  }
};

/// All are borrowed.
struct HostParts {
  const env::Environment* environment = nullptr;
  const PolicySlot* policy = nullptr;
  Intake* intake = nullptr;
  RunLimits* limits = nullptr;
  ProgressLine* progress = nullptr;
};

class CampaignHost final : public env::ProducerHost {
 public:
  CampaignHost(const HostParts& parts, env::Provenance provenance)
      : parts_(parts), provenance_(std::move(provenance)) {}

  /// Before any worker's first Step(). Borrowed.
  void SetSchedule(EpisodeSchedule* schedule) { schedule_ = schedule; }
  const EffortTotals& totals() const { return totals_; }

  const env::Environment& environment() const override { return *parts_.environment; }
  const env::Provenance& provenance() const override { return provenance_; }
  std::optional<std::uint64_t> NextEpisode() override { return schedule_->Next(); }
  void Finish(env::FinishedEpisode episode) override { parts_.intake->Take(std::move(episode)); }
  env::CurrentPolicy policy() const override { return parts_.policy->Get(); }
  std::uint64_t policy_version() const override { return parts_.policy->version(); }
  bool stopping() const override { return parts_.limits->Over(); }
  void Count(const env::Effort& effort) override { totals_.Add(effort); }
  void Announce(const std::string& line) override { parts_.progress->Announce(line); }

 private:
  const HostParts parts_;
  const env::Provenance provenance_;
  EpisodeSchedule* schedule_ = nullptr;
  EffortTotals totals_;
};

}  // namespace tesuji::campaign
