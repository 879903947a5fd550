#include "campaign/judge_queue.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "campaign/judge_desk.h"
#include "campaign/judge_service.h"

namespace tesuji::campaign {
namespace {

/// While a caller waits, deadlines are looked at so often.
constexpr std::chrono::milliseconds kGlance{100};

void StartThread(const std::shared_ptr<JudgeDesk>& desk) {
  desk->thread_ended = false;
  desk->thread = std::thread(ServeJudge, desk, desk->generation());
}

}  // namespace

JudgeQueue::JudgeQueue(JudgeMaker make, const JudgeQueueOptions& options)
    : desk_(std::make_shared<JudgeDesk>(std::move(make), options)) {
  const std::lock_guard lock(desk_->mutex);
  StartThread(desk_);
}

JudgeQueue::~JudgeQueue() { Close(); }

bool JudgeQueue::Put(std::uint64_t number, std::unique_ptr<env::State>& finished) {
  const std::lock_guard lock(desk_->mutex);
  return desk_->Put(number, &finished);
}

bool JudgeQueue::WaitForRoom(std::chrono::milliseconds wait) {
  std::unique_lock lock(desk_->mutex);
  return desk_->for_caller.wait_for(lock, wait, [this] { return desk_->HasRoom(); });
}

std::vector<JudgeAnswer> JudgeQueue::Take(std::chrono::milliseconds wait) {
  const auto until = JudgeDesk::Clock::now() + wait;
  std::unique_lock lock(desk_->mutex);
  for (;;) {
    if (desk_->CheckDeadlines()) {
      desk_->LeaveJudge();
      desk_->thread.detach();
      StartThread(desk_);
    }
    if (desk_->HasAnswers()) return desk_->TakeAnswers();
    const auto now = JudgeDesk::Clock::now();
    if (now >= until) return {};
    desk_->for_caller.wait_until(lock, std::min(until, now + kGlance),
                                 [this] { return desk_->HasAnswers(); });
  }
}

std::vector<std::uint64_t> JudgeQueue::Close() {
  std::unique_lock lock(desk_->mutex);
  desk_->CloseDesk();
  desk_->for_judge.notify_all();
  desk_->for_caller.notify_all();
  if (desk_->thread.joinable()) {
    const bool ended = desk_->for_caller.wait_for(lock, desk_->options().farewell,
                                                  [this] { return desk_->thread_ended; });
    if (ended) {
      lock.unlock();
      desk_->thread.join();
      lock.lock();
    } else {
      desk_->LeaveAtTheEnd();
      desk_->thread.detach();
    }
  }
  return desk_->TakeUnanswered();
}

std::size_t JudgeQueue::size() const {
  const std::lock_guard lock(desk_->mutex);
  return desk_->size();
}

JudgeCounts JudgeQueue::counts() const {
  const std::lock_guard lock(desk_->mutex);
  return desk_->counts();
}

std::string JudgeQueue::hopeless() const {
  const std::lock_guard lock(desk_->mutex);
  return desk_->Hopeless();
}

std::string JudgeQueue::last_problem() const {
  const std::lock_guard lock(desk_->mutex);
  return desk_->problem();
}

}  // namespace tesuji::campaign
