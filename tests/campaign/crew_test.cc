#include "campaign/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace tesuji::campaign {
namespace {

/// A judge that drops what it is given, whose number is then given out again.
struct Desk {
  std::atomic<int> awaited{0};
  std::atomic<int> returned{0};
  void Deliver() {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (awaited == 0) return;
    ++returned;
    --awaited;
  }
};

/// Its first step hands its only episode over; a later one plays what came back.
class LastEpisodeWorker final : public env::ProducerWorker {
 public:
  explicit LastEpisodeWorker(Desk* desk) : desk_(desk) {}
  Status Adopt(const env::EpisodeInFlight& /*unfinished*/) override { return {}; }
  bool Step() override {
    if (!handed_over_) {
      handed_over_ = true;
      ++desk_->awaited;
      return false;
    }
    if (desk_->returned == 0) return false;
    --desk_->returned;
    played_again_ = true;
    return true;
  }
  std::vector<env::EpisodeInFlight> Unfinished() const override { return {}; }
  bool played_again() const { return played_again_; }

 private:
  Desk* desk_;
  bool handed_over_ = false;
  bool played_again_ = false;
};

class IdleWorker final : public env::ProducerWorker {
 public:
  Status Adopt(const env::EpisodeInFlight& /*unfinished*/) override { return {}; }
  bool Step() override { return false; }
  std::vector<env::EpisodeInFlight> Unfinished() const override { return {}; }
};

TEST(Crew, WhatTheLastStepHandedOverIsAwaitedAndPlayedAgain) {
  Desk desk;
  std::vector<std::unique_ptr<env::ProducerWorker>> workers;
  workers.push_back(std::make_unique<LastEpisodeWorker>(&desk));
  const auto& last = static_cast<const LastEpisodeWorker&>(*workers.front());
  workers.push_back(std::make_unique<IdleWorker>());
  const std::atomic<bool> asked{false};
  RunLimits limits(asked, 0);
  ChangeSignal changed;
  CrewOptions options;
  options.workers = &workers;
  options.limits = &limits;
  options.changed = &changed;
  options.generation_due = [] { return false; };
  options.show_progress = [] {};
  options.all_pause = options.must_wait = [] { return false; };
  options.deliver = [&] { desk.Deliver(); };
  options.awaiting = [&] { return desk.awaited > 0; };
  RunCrew(options);
  EXPECT_TRUE(last.played_again());
  EXPECT_EQ(desk.awaited, 0);
}

}  // namespace
}  // namespace tesuji::campaign
