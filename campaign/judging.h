// What a campaign does with finished episodes that await a judge: they go through a JudgeQueue, and
// come out as whole trajectories for the intake, or are dropped and their numbers given out again.
//
// An episode that Put() accepted is either kept (whole, once), or dropped and counted in the store,
// or handed back by Close() for the next run.
// Failures: a judge that is given up ends the run with one line (an exception from Deliver()).
// Threads: Put() from any thread; it blocks while the judge is behind. Deliver() and DeliverAll()
// from one thread at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "api/producer.h"
#include "campaign/judge_queue.h"
#include "campaign/judge_source.h"
#include "storage/store.h"

namespace tesuji::campaign {

struct JudgingOptions {
  JudgeSource source;
  JudgeQueueOptions queue;
  storage::Store* store = nullptr;            ///< Borrowed; counts what is dropped.
  std::function<void(env::Trajectory)> keep;  ///< Checks, stores and teaches a judged episode.
  /// Gives a dropped number out again. False: not in this run, it was dropped too often.
  std::function<bool(std::uint64_t)> play_again;
  std::function<bool()> stopping;
  std::function<void(const std::string&)> announce;
  /// True: the caller of Put() also calls DeliverAll(), so Put() must not wait for another thread.
  bool one_thread = false;
};

class Judging {
 public:
  explicit Judging(JudgingOptions options);

  /// REQUIRES: episode.awaits_judge.
  void Put(env::FinishedEpisode episode);
  /// Waits up to `wait` for judgements and passes on what came.
  void Deliver(std::chrono::milliseconds wait);
  /// Waits for the judgements of all that was put, and passes them on in the order of their
  /// numbers; returns early when the campaign stops.
  void DeliverAll();
  /// True while episodes are with the judge.
  bool awaiting() const { return awaited_ > 0; }

  /// Ends the judge, passes on what had come, and returns what goes on with the next run.
  std::vector<storage::UnfinishedEpisode> Close();
  /// A judge that does not return from a call holds a thread of this process.
  bool left_a_thread() const { return queue_.counts().abandoned > 0; }

  /// For the progress line: rate, acceptance, how many wait, what was refused and dropped.
  std::string Progress(double seconds) const;
  /// The store's fact "judge": this run's counts on top of those of the runs before.
  void PutTotals();

 private:
  void Handle(JudgeAnswer answer);
  void Keep(env::FinishedEpisode episode, env::Judgement judgement);
  void Drop(std::uint64_t number, const std::string& reason);
  void CheckHope() const;

  const JudgingOptions options_;
  const Json totals_before_;
  JudgeQueue queue_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, env::FinishedEpisode> episodes_;  ///< Without their states.
  std::vector<JudgeAnswer> early_;  ///< Taken by Put() to make room; one_thread only.
  std::atomic<std::int64_t> awaited_{0};
  std::chrono::steady_clock::time_point totals_put_;
  std::int64_t drops_announced_ = 0;
};

}  // namespace tesuji::campaign
