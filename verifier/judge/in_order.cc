#include "verifier/judge/in_order.h"

#include <condition_variable>
#include <mutex>
#include <optional>

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
  std::size_t finished = 0;  // Guarded by the mutex, as is `done`.
  std::size_t told = 0;
  for (std::size_t shown = 0; shown < count; ++shown) {
    for (; posted < count && posted < shown + window; ++posted) {
      lanes_.Post([&, index = posted, work = make(posted)](Workplace& workplace) {
        Result<Report> report = Guarded(work, workplace);
        const std::lock_guard<std::mutex> lock(mutex);
        done[index] = std::move(report);
        ++finished;
        changed.notify_all();
      });
    }
    std::unique_lock<std::mutex> lock(mutex);
    while (!done[shown].has_value()) {
      if (progress_ && told != finished) {
        told = finished;
        lock.unlock();
        progress_(told, count);
        lock.lock();
        continue;
      }
      changed.wait(lock);
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
