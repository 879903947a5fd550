#include "service/work_queue.h"

namespace tesuji::service {
namespace {

/// A cancelled run may be between two programs: it is told again until it has ended.
constexpr std::chrono::milliseconds kAgain{20};
constexpr std::chrono::milliseconds kLongest{1000};

}  // namespace

WorkQueue::WorkQueue(verifier::Lanes& lanes, WorkQueueOptions options)
    : lanes_(lanes), options_(options), watcher_([this] { Watch(); }) {}

WorkQueue::~WorkQueue() {
  Drain(std::chrono::milliseconds(0));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    watch_.notify_one();
  }
  watcher_.join();
}

WorkQueue::Ticket WorkQueue::AddLocked(Work work) {
  const Ticket ticket = next_++;
  Line& line = lines_[work.client];
  if (line.empty()) turns_.push_back(work.client);
  if (work.start_by) {
    start_by_.emplace(*work.start_by, ticket);
    WakeBy(*work.start_by);
  }
  const std::string client = work.client;
  line.push_back({ticket, std::move(work)});
  queued_.emplace(ticket, std::pair(client, std::prev(line.end())));
  if (busy_lanes_ < lanes_.count()) {
    ++busy_lanes_;
    lanes_.Post([this](verifier::Workplace& workplace) { RunAll(workplace); });
  }
  return ticket;
}

void WorkQueue::WakeBy(Work::Time time) {
  if (time < wakes_) watch_.notify_one();
}

WorkQueue::Ticket WorkQueue::Add(Work work) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return AddLocked(std::move(work));
}

std::optional<std::vector<WorkQueue::Ticket>> WorkQueue::Offer(std::vector<Work> work) {
  std::vector<Ticket> tickets;
  if (work.empty()) return tickets;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto line = lines_.find(work.front().client);
  const std::size_t of_client = line == lines_.end() ? 0 : line->second.size();
  if (queued_.size() + work.size() > options_.most ||
      of_client + work.size() > options_.most_a_client) {
    return std::nullopt;
  }
  for (Work& one : work) tickets.push_back(AddLocked(std::move(one)));
  return tickets;
}

std::optional<WorkQueue::Queued> WorkQueue::Take(Ticket ticket) {
  const auto found = queued_.find(ticket);
  if (found == queued_.end()) return std::nullopt;
  const auto [client, place] = found->second;
  queued_.erase(found);
  const auto line = lines_.find(client);
  Queued taken = std::move(*place);
  if (taken.work.start_by) start_by_.erase({*taken.work.start_by, ticket});
  line->second.erase(place);
  if (line->second.empty()) {
    lines_.erase(line);
    turns_.remove(client);
  }
  return taken;
}

std::optional<WorkQueue::Queued> WorkQueue::TakeNext() {
  if (turns_.empty()) return std::nullopt;
  const std::string client = turns_.front();
  turns_.splice(turns_.end(), turns_, turns_.begin());
  return Take(lines_.at(client).front().ticket);
}

void WorkQueue::RunAll(verifier::Workplace& workplace) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    auto next = TakeNext();
    if (!next) break;
    Running& running = running_[next->ticket];
    running.workplace = &workplace;
    running.end_by = next->work.end_by;
    if (running.end_by) WakeBy(*running.end_by);
    lock.unlock();
    next->work.run(workplace, running.ended);
    next->work = {};  // What it holds is released before others can see that it is done.
    lock.lock();
    running_.erase(next->ticket);
  }
  if (--busy_lanes_ == 0) idle_.notify_all();
}

void WorkQueue::Cancel(Ticket ticket) {
  std::optional<Queued> queued;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    queued = Take(ticket);
    const auto running = running_.find(ticket);
    if (running != running_.end()) {
      running->second.ended = true;
      watch_.notify_one();
    }
  }
  if (queued) queued->work.drop(Dropped::kCancelled);
}

std::vector<Work> WorkQueue::TakeLate(Work::Time now) {
  std::vector<Work> late;
  while (!start_by_.empty() && start_by_.begin()->first <= now) {
    late.push_back(std::move(Take(start_by_.begin()->second)->work));
  }
  return late;
}

void WorkQueue::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    const auto now = std::chrono::steady_clock::now();
    auto late = TakeLate(now);
    if (!late.empty()) {
      lock.unlock();
      for (Work& work : late) work.drop(Dropped::kLate);
      late.clear();
      lock.lock();
      continue;
    }
    auto wake = now + kLongest;
    if (!start_by_.empty()) wake = std::min(wake, start_by_.begin()->first);
    for (auto& [ticket, running] : running_) {
      if (running.end_by && *running.end_by <= now) running.ended = true;
      if (running.ended) {
        running.workplace->Cancel();
        wake = std::min(wake, now + kAgain);
      } else if (running.end_by) {
        wake = std::min(wake, *running.end_by);
      }
    }
    wakes_ = wake;
    watch_.wait_until(lock, wake);
    wakes_ = {};  // Awake: it sees all that is there before it sleeps.
  }
}

std::size_t WorkQueue::queued() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return queued_.size();
}

int WorkQueue::running() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(running_.size());
}

void WorkQueue::Drain(std::chrono::milliseconds most) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto idle = [this] { return queued_.empty() && busy_lanes_ == 0; };
  idle_.wait_until(lock, std::chrono::steady_clock::now() + most, idle);
  while (auto left = TakeNext()) {
    lock.unlock();
    left->work.drop(Dropped::kStopped);
    left.reset();
    lock.lock();
  }
  for (auto& [ticket, running] : running_) running.ended = true;
  watch_.notify_one();
  idle_.wait(lock, idle);
}

}  // namespace tesuji::service
