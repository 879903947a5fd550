#include "campaign/crew.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>

namespace tesuji::campaign {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kShowEvery{500};

void RunAlone(const CrewOptions& options) {
  auto last_shown = Clock::now();
  for (bool more = true; more && !options.limits->Over();) {
    more = options.workers->front()->Step();
    if (options.awaiting && options.awaiting()) {
      options.deliver();
      more = true;  // What was dropped is played again.
    }
    if (more && options.generation_due()) options.run_generation();
    if (Clock::now() - last_shown > kShowEvery) {
      options.show_progress();
      last_shown = Clock::now();
    }
  }
}

/// The threads of one run.
class Crew {
 public:
  explicit Crew(const CrewOptions& options) : options_(options) {}

  void Run() {
    working_ = options_.workers->size();
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < options_.workers->size(); ++i) {
        threads.emplace_back([this, i] { Work(i); });
      }
      const std::jthread reporter([this](const std::stop_token& token) { Report(token); });
      const std::jthread judge_desk([this](const std::stop_token& token) { Deliver(token); });
      Guarded([this] { Learn(); });
      SetTraining(false);
      for (auto& thread : threads) thread.join();
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void Guarded(const std::function<void()>& work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
      options_.limits->Quit();
    }
  }

  void Work(std::size_t index) {
    const bool makes_room = index + static_cast<std::size_t>(options_.paused_while_learning) >=
                            options_.workers->size();
    const std::atomic<bool>& quit = options_.limits->quit();
    ChangeSignal& changed = *options_.changed;
    Guarded([&] {
      for (bool idle = false; !quit;) {
        // Both are asked first: what is dropped is given out again before it is not awaited any
        // more.
        const std::uint64_t seen = changed.count();
        const bool awaiting = options_.awaiting && options_.awaiting();
        const bool worked = (*options_.workers)[index]->Step();
        // A step may hand over the last episodes: a second one shows that none of them came back.
        if (!worked && !awaiting && idle) break;
        idle = !worked && !awaiting;
        if (worked) {
          if (makes_room || options_.all_pause()) {
            changed.WaitUntil([&] { return !training_ || quit; });
          }
          changed.WaitUntil([&] { return !options_.must_wait() || quit; });
        } else if (awaiting) {
          changed.WaitUntil([&] { return changed.count() != seen || quit; });
        }
      }
    });
    --working_;
    changed.Notify();
  }

  void Deliver(const std::stop_token& token) {
    if (!options_.deliver) return;
    Guarded([&] {
      while (!token.stop_requested()) {
        options_.deliver();
        options_.changed->Notify();
      }
    });
  }

  void Report(const std::stop_token& token) {
    while (!token.stop_requested() && !options_.limits->Over()) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any().wait_for(lock, token, kShowEvery, [] { return false; });
      options_.show_progress();
    }
  }

  void Learn() {
    const auto over = [&] { return options_.limits->Over() || working_ == 0; };
    while (!over()) {
      if (options_.generation_due()) {
        SetTraining(true);
        options_.run_generation();
        SetTraining(false);
      } else {
        options_.changed->WaitUntil([&] { return options_.generation_due() || over(); });
      }
    }
    if (!options_.limits->quit() && options_.generation_due()) options_.run_generation();
  }

  void SetTraining(bool training) {
    training_ = training;
    options_.changed->Notify();
  }

  const CrewOptions& options_;
  std::atomic<bool> training_{false};  ///< Some workers make room.
  std::atomic<std::size_t> working_{0};
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
};

}  // namespace

void RunCrew(const CrewOptions& options) {
  if (options.workers->size() == 1) {
    RunAlone(options);
  } else {
    Crew(options).Run();
  }
}

}  // namespace tesuji::campaign
