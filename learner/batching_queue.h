// Gathers the rows of many threads into large batches for one processor (a GPU, or a CPU whose
// cores work on one batch together).
//
// A batch starts when it is full, when every client waits in it, or when its first row has waited
// `wait`. Rows of one Run() stay together, so Run() with more rows than the largest batch makes one
// oversized batch. Batches depend on timing, hence the last bits of results do too.
// Thread-safety: each client belongs to one thread; any number of clients at once. The queue must
// not die before its clients; they share its ownership.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "learner/forward_pass.h"

namespace tesuji::learner {

struct BatchingOptions {
  int batch = 64;  ///< Rows that make a full batch.
  std::chrono::microseconds wait{500};
};

class BatchingQueue : public std::enable_shared_from_this<BatchingQueue> {
 public:
  /// `forward` is used by the queue's own thread only.
  static std::shared_ptr<BatchingQueue> Create(std::unique_ptr<ForwardPass> forward,
                                               const BatchingOptions& options);
  ~BatchingQueue();
  BatchingQueue(const BatchingQueue&) = delete;
  BatchingQueue& operator=(const BatchingQueue&) = delete;

  /// A forward pass for one more thread. Its Run() throws what the processor threw.
  std::unique_ptr<ForwardPass> MakeClient();
  std::int64_t batches() const;  ///< Run so far.

 private:
  class Client;
  struct Job;
  BatchingQueue(std::unique_ptr<ForwardPass> forward, const BatchingOptions& options);
  void RunAndWait(Job* job);
  void Work();
  /// Waits for a batch worth running. Empty when the queue closes.
  std::vector<Job*> NextBatch();
  void RunBatch(const std::vector<Job*>& jobs);

  const std::unique_ptr<ForwardPass> forward_;
  const BatchingOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable work_;  ///< A job came, a client left, or the queue closes.
  std::condition_variable done_;  ///< A batch was finished.
  std::deque<Job*> waiting_;
  int waiting_rows_ = 0;
  int clients_ = 0;
  std::int64_t batches_ = 0;
  bool closing_ = false;
  std::vector<float> observations_;
  RawOutput output_;
  std::thread worker_;  // Last: starts when everything above is there.
};

}  // namespace tesuji::learner
