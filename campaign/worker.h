// What a campaign asks of a thread that makes episodes: self-play by tree search
// (selfplay_worker.h), or tasks solved by enumeration (program_worker.h).
// Thread-safety: a worker belongs to one thread.
#pragma once

#include <vector>

#include "campaign/episode_schedule.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// Second component of every episode's random streams, behind the campaign's seed: what the stream
/// is for.
inline constexpr std::uint64_t kTaskStream = 1;
inline constexpr std::uint64_t kEpisodeStream = 2;

class Worker {
 public:
  virtual ~Worker() = default;
  /// Where new episodes come from; before the first Step(). Borrowed.
  virtual void SetSchedule(EpisodeSchedule* schedule) = 0;
  /// Goes on with an episode that an earlier process left; before the first Step().
  virtual Status Adopt(const storage::UnfinishedEpisode& unfinished) = 0;
  /// A bounded piece of work. False when nothing is in flight and the schedule has ended.
  virtual bool Step() = 0;
  /// The episodes in flight, for storing when the campaign stops.
  virtual std::vector<storage::UnfinishedEpisode> Unfinished() const = 0;
};

}  // namespace tesuji::campaign
