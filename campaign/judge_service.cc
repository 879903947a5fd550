#include "campaign/judge_service.h"

#include <exception>
#include <mutex>
#include <utility>

namespace tesuji::campaign {
namespace {

/// One wait in Collect(): short, so that new states reach the judge soon.
constexpr std::chrono::milliseconds kCollectWait{20};

class JudgeService {
 public:
  JudgeService(std::shared_ptr<JudgeDesk> desk, std::uint64_t generation)
      : desk_(std::move(desk)), generation_(generation), lock_(desk_->mutex) {}

  void Run() {
    while (desk_->Goes(generation_)) {
      try {
        Serve();
      } catch (const std::exception& error) {
        Died(error.what());
      } catch (...) {
        Died("the judge threw something that is no exception");
      }
    }
    EndJudge();
    if (desk_->IsLeft(generation_)) return;
    desk_->thread_ended = true;
    desk_->for_caller.notify_all();
  }

 private:
  /// Calls the judge without the lock. What it throws is thrown on, under the lock again.
  template <class F>
  auto Call(const char* method, std::uint64_t ticket, F&& function) {
    if (!desk_->IsLeft(generation_)) desk_->NoteCall(method, ticket);
    ticket_ = ticket;
    lock_.unlock();
    struct Return {
      JudgeService* service;
      ~Return() {
        service->lock_.lock();
        if (!service->desk_->IsLeft(service->generation_)) service->desk_->NoteCall(nullptr, 0);
      }
    } const on_return{this};
    return std::forward<F>(function)();
  }

  void EndJudge() {
    if (judge_ != nullptr) Call("Judge::~Judge", 0, [this] { judge_.reset(); });
  }

  void Serve() {
    if (judge_ == nullptr && !MakeJudge()) return;
    while (!full_ && SubmitOne()) {
    }
    if (!desk_->Goes(generation_)) return;
    if (desk_->HasOut()) return CollectSome();
    full_ = false;
    const auto due = desk_->NextDue();
    if (!due) {
      desk_->for_judge.wait(lock_);
    } else if (*due > JudgeDesk::Clock::now()) {
      desk_->for_judge.wait_until(lock_, *due);
    }
  }

  /// A judge that is not needed is not made.
  bool MakeJudge() {
    if (const auto due = desk_->NextDue(); !due) {
      desk_->for_judge.wait(lock_);
      return false;
    }
    auto made = Call("make_judge", 0, [this] { return desk_->MakeJudge(); });
    if (!made) throw MachineError("the judge cannot be made: " + made.error().message);
    if (*made == nullptr) throw MachineError("make_judge made no judge");
    judge_ = std::move(*made);
    full_ = false;
    return desk_->Goes(generation_);
  }

  /// False: nothing is due, the judge is full, or it is over.
  bool SubmitOne() {
    if (!desk_->Goes(generation_)) return false;
    std::shared_ptr<const env::State> state;
    const std::uint64_t ticket = desk_->TakeDue(&state);
    if (ticket == 0) return false;
    const bool accepted =
        Call("Judge::Submit", ticket, [&] { return judge_->Submit(ticket, *state); });
    if (desk_->IsLeft(generation_)) return false;
    if (!accepted) {
      desk_->Refused(ticket);
      full_ = desk_->HasOut();
    }
    return accepted;
  }

  void CollectSome() {
    auto judgements = Call("Judge::Collect", 0, [this] { return judge_->Collect(kCollectWait); });
    if (desk_->IsLeft(generation_)) return;
    if (!judgements.empty()) full_ = false;
    for (auto& judgement : judgements) desk_->Receive(std::move(judgement));
  }

  void Died(const std::string& reason) {
    if (desk_->IsLeft(generation_)) return;
    desk_->JudgeDied(ticket_, reason);
    EndJudge();
    const auto over = [this] { return !desk_->Goes(generation_); };
    desk_->for_judge.wait_for(lock_, desk_->options().pause, over);
  }

  std::shared_ptr<JudgeDesk> desk_;
  const std::uint64_t generation_;
  std::unique_ptr<env::Judge> judge_;
  bool full_ = false;         ///< It refused a state and has answered nothing since.
  std::uint64_t ticket_ = 0;  ///< Of the last call.
  std::unique_lock<std::mutex> lock_;
};

}  // namespace

void ServeJudge(std::shared_ptr<JudgeDesk> desk, std::uint64_t generation) {
  JudgeService(std::move(desk), generation).Run();
}

}  // namespace tesuji::campaign
