#include "storage/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <exception>
#include <iostream>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

namespace tesuji::storage {

// One monitor. A trajectory is pending from Append() until its commit, whether it waits in `queue`
// or in the thread's `batch`; the bound is on both together.
struct Writer::Impl {
  using Clock = std::chrono::steady_clock;

  Impl(Store* to, const WriterOptions& with) : store(to), options(with) {}

  Store* const store;
  const WriterOptions options;

  mutable std::mutex mutex;
  std::condition_variable wake_writer;
  std::condition_variable wake_callers;
  std::deque<std::pair<Clock::time_point, Store::Append>> queue;
  std::vector<Store::Append> batch;  // Owned by the thread while it commits.
  Statistics statistics;
  std::int64_t flush_up_to = 0;  // In accepted ones: commit these without waiting for more.
  std::exception_ptr error;      // Of the last commit, until a caller has taken it.
  bool closing = false;
  bool closed = false;
  std::thread thread;

  std::int64_t committed() const { return statistics.stored + statistics.duplicate; }

  /// Whether a batch should be committed now. REQUIRES: mutex.
  bool IsDue() const {
    if (!batch.empty()) return true;  // A failed one, its error delivered.
    if (queue.empty()) return false;
    return queue.size() >= options.batch || committed() < flush_up_to ||
           Clock::now() >= queue.front().first + options.max_delay;
  }

  /// Waits for something to commit; false: no more will come, or Close() has given up.
  bool AwaitBatch(std::unique_lock<std::mutex>& lock) {
    while (error || !IsDue()) {
      if (closing && (error || queue.empty())) return false;
      if (error || queue.empty()) {
        wake_writer.wait(lock);
      } else {
        wake_writer.wait_until(lock, queue.front().first + options.max_delay);
      }
    }
    return true;
  }

  void TakeBatch() {
    while (batch.size() < options.batch && !queue.empty()) {
      batch.push_back(std::move(queue.front().second));
      queue.pop_front();
    }
  }

  void Run() {
    std::unique_lock<std::mutex> lock(mutex);
    while (AwaitBatch(lock)) {
      TakeBatch();
      lock.unlock();
      std::vector<TrajectoryId> ids;
      std::exception_ptr problem;
      try {
        ids = store->AppendTrajectories(batch);
      } catch (...) {
        problem = std::current_exception();
      }
      lock.lock();
      if (problem) {
        error = problem;
      } else {
        const auto duplicates = std::ranges::count(ids, TrajectoryId{0});
        statistics.duplicate += duplicates;
        statistics.stored += std::ssize(ids) - duplicates;
        batch.clear();
      }
      wake_callers.notify_all();
    }
  }

  /// Takes the error, if there is one, lets the thread try again and throws it.
  void ThrowIfFailed() {
    if (!error) return;
    const std::exception_ptr taken = std::exchange(error, nullptr);
    wake_writer.notify_all();
    std::rethrow_exception(taken);
  }

  /// REQUIRES: mutex held by `lock`.
  void Flush(std::unique_lock<std::mutex>& lock) {
    const std::int64_t target = statistics.accepted;
    flush_up_to = std::max(flush_up_to, target);
    wake_writer.notify_all();
    wake_callers.wait(lock, [&] { return error || committed() >= target; });
    ThrowIfFailed();
  }
};

Writer::Writer(Store* store, const WriterOptions& options)
    : impl_(std::make_unique<Impl>(store, options)) {
  assert(options.capacity > 0 && options.batch > 0);
  impl_->thread = std::thread([impl = impl_.get()] { impl->Run(); });
}

Writer::~Writer() {
  try {
    Close();
  } catch (const std::exception& error) {
    // Who destroys a writer without closing it has nowhere to catch this.
    std::cerr << "tesuji: " << error.what() << "\n";
  }
}

void Writer::Append(Store::Append append) {
  std::unique_lock<std::mutex> lock(impl_->mutex);
  assert(!impl_->closed);
  impl_->wake_callers.wait(lock, [&] {
    return impl_->error ||
           impl_->statistics.pending() < static_cast<std::int64_t>(impl_->options.capacity);
  });
  impl_->ThrowIfFailed();
  impl_->queue.emplace_back(Impl::Clock::now(), std::move(append));
  ++impl_->statistics.accepted;
  impl_->wake_writer.notify_all();
}

void Writer::Flush() {
  std::unique_lock<std::mutex> lock(impl_->mutex);
  impl_->Flush(lock);
}

void Writer::Close() {
  std::unique_lock<std::mutex> lock(impl_->mutex);
  if (std::exchange(impl_->closed, true)) return;
  std::string problem;
  // Twice, as the first error may be an old one whose cause is gone: then the retry succeeds.
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      impl_->Flush(lock);
      problem.clear();
      break;
    } catch (const std::exception& error) {
      problem = error.what();
      // Its retry may be under way; it is waited for by the next attempt or by join().
    }
  }
  impl_->closing = true;
  impl_->wake_writer.notify_all();
  lock.unlock();
  impl_->thread.join();
  const std::int64_t lost = impl_->statistics.pending();
  if (lost > 0) {
    throw MachineError(fmt::format("{} finished episodes are not stored: {}", lost, problem));
  }
}

Writer::Statistics Writer::statistics() const {
  const std::lock_guard<std::mutex> guard(impl_->mutex);
  return impl_->statistics;
}

}  // namespace tesuji::storage
