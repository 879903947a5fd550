// The work that awaits a judging lane: taken in turn from each client, so that one client with much
// to do does not make another wait.
//
// Work is started, or dropped with a reason, exactly once. Work that is not started by its time is
// dropped; work that is cancelled or late while it runs is ended by ending its container's run.
// Thread-safety: all methods from any thread. Run functions are called on lanes; drop functions on
// the watching thread or on the caller's, never under a lock.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "verifier/judge/lanes.h"

namespace tesuji::service {

enum class Dropped { kCancelled, kLate, kStopped };

struct Work {
  using Time = std::chrono::steady_clock::time_point;
  std::string client;
  /// Called on a lane; must not throw. `ended` is true once the work was cancelled or late: what it
  /// found then says nothing.
  std::function<void(verifier::Workplace&, const std::atomic<bool>& ended)> run;
  std::function<void(Dropped)> drop;  ///< Called instead of `run`.
  std::optional<Time> start_by;
  std::optional<Time> end_by;
};

struct WorkQueueOptions {
  std::size_t most = 4096;           ///< Queued work that Offer() takes.
  std::size_t most_a_client = 3072;  ///< So that others always find room.
};

class WorkQueue {
 public:
  using Ticket = std::uint64_t;

  /// `lanes` outlives the queue.
  WorkQueue(verifier::Lanes& lanes, WorkQueueOptions options);
  /// Drops what is queued and waits for what runs.
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /// All of it, of one client, or nothing when the queue is full; no function is called then.
  std::optional<std::vector<Ticket>> Offer(std::vector<Work> work);
  /// The same without the limits, for work that a client waits for on a connection of its own.
  Ticket Add(Work work);
  /// Queued work is dropped, running work is ended. Nothing happens to work that is done.
  void Cancel(Ticket ticket);

  std::size_t queued() const;
  int running() const;
  /// Waits until there is no work, `most` at longest; then drops and ends what is left.
  void Drain(std::chrono::milliseconds most);

 private:
  struct Queued {
    Ticket ticket;
    Work work;
  };
  using Line = std::list<Queued>;
  struct Running {
    verifier::Workplace* workplace;
    std::optional<Work::Time> end_by;
    std::atomic<bool> ended{false};
  };
  Ticket AddLocked(Work work);
  std::optional<Queued> Take(Ticket ticket);
  std::optional<Queued> TakeNext();
  void RunAll(verifier::Workplace& workplace);
  void Watch();
  /// The watcher has something to do at that time. It sleeps on where it wakes before.
  void WakeBy(Work::Time time);
  std::vector<Work> TakeLate(Work::Time now);

  verifier::Lanes& lanes_;
  const WorkQueueOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable watch_;  ///< Wakes the watcher: no other thread waits for it.
  std::condition_variable idle_;   ///< There is no work.
  Work::Time wakes_ = {};          ///< The watcher's next look.
  std::unordered_map<std::string, Line> lines_;  ///< By client; none is empty.
  std::list<std::string> turns_;                 ///< Clients with work, the next first.
  std::unordered_map<Ticket, std::pair<std::string, Line::iterator>> queued_;
  std::set<std::pair<Work::Time, Ticket>> start_by_;  ///< Of queued work.
  std::map<Ticket, Running> running_;
  Ticket next_ = 1;
  int busy_lanes_ = 0;
  bool stop_ = false;
  std::thread watcher_;
};

}  // namespace tesuji::service
