#include "verifier/judge/in_order.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

namespace tesuji::verifier {
namespace {

Result<Report> Guarded(const InOrder::Work& work, Workplace& workplace) {
  try {
    return work(workplace);
  } catch (const std::exception& error) {  // The machine failed: no verdict.
    Report report;
    report.message = error.what();
    return report;
  }
}

}  // namespace

void InOrder::Run(std::size_t count, const std::function<Work(std::size_t)>& make,
                  const std::function<std::string(std::size_t)>& name,
                  std::vector<std::string>* skipped) {
  std::vector<std::optional<Result<Report>>> done(count);
  std::mutex mutex;
  std::condition_variable changed;
  const std::size_t window = static_cast<std::size_t>(lanes_.count()) * 4;
  std::size_t posted = 0;
  std::size_t finished = 0;       // Guarded by the mutex, as are `done`
  std::set<std::size_t> running;  // and this.
  const auto tell = [&](std::unique_lock<std::mutex>* lock) {
    if (!progress_) return;
    BatchProgress progress{finished, count, {}};
    for (const std::size_t index : running) progress.running.push_back(name(index));
    lock->unlock();
    progress_(progress);
    lock->lock();
  };
  for (std::size_t shown = 0; shown < count; ++shown) {
    for (; posted < count && posted < shown + window; ++posted) {
      lanes_.Post([&, index = posted, work = make(posted)](Workplace& workplace) {
        {
          const std::lock_guard<std::mutex> lock(mutex);
          running.insert(index);
          changed.notify_all();
        }
        Result<Report> report = Guarded(work, workplace);
        const std::lock_guard<std::mutex> lock(mutex);
        running.erase(index);
        done[index] = std::move(report);
        ++finished;
        changed.notify_all();
      });
    }
    std::unique_lock<std::mutex> lock(mutex);
    while (!done[shown].has_value()) {
      tell(&lock);
      // Also when nothing changes: somebody may wait for a sign of life.
      if (!done[shown].has_value()) changed.wait_for(lock, std::chrono::seconds(1));
    }
    Result<Report> report = std::move(*done[shown]);
    lock.unlock();
    if (report) {
      report->submission = name(shown);  // Also of those that ended in an exception.
      show_(*report);
    } else {
      skipped->push_back(report.error().message);
    }
  }
}

}  // namespace tesuji::verifier
