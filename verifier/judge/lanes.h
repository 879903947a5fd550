// A fixed number of judging lanes (a thread and a Workplace each) on an Asio thread pool.
// Jobs are taken in order; the queue is unbounded here, callers bound what they post.
// Thread-safety: Post() from any thread. The destructor waits for running jobs.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

class Lanes {
 public:
  using Job = std::function<void(Workplace&)>;

  Lanes(std::shared_ptr<const Sandbox> sandbox, int count, std::vector<Mount> mounts);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  void Post(Job job);
  int count() const { return static_cast<int>(all_.size()); }
  int restarts() const;
  /// Ends the runs that are going on; their jobs see Ending::kCancelled.
  void Cancel();
  /// Process ids of live containers, for fault tests.
  std::vector<pid_t> container_pids() const;

 private:
  struct Pool;
  std::vector<std::unique_ptr<Workplace>> all_;
  mutable std::mutex mutex_;
  std::vector<Workplace*> idle_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace tesuji::verifier
