// One thread that sets itself programming tasks, solves them by guided enumeration, has the
// solutions judged in the sandbox, and hands them over as trajectories.
//
// A task is dreamt (env/program/tasks/dream.h): what enumeration finds within its budget, and what
// holds on the task's unseen examples, is the program to learn; when nothing is found, the dreamt
// program itself is (hindsight). Tasks grow once most are solved. A program that answers a task of
// the evaluation file is never kept. Thread-safety: a worker belongs to one thread; a Curriculum is
// shared by all.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/trajectory.h"
#include "campaign/network_slot.h"
#include "campaign/selfplay_worker.h"
#include "campaign/worker.h"
#include "env/program/guide/program_guide.h"
#include "env/program/judge.h"
#include "env/program/program_environment.h"
#include "env/program/settings.h"

namespace tesuji::env::program {

/// How large dreams are: one node more whenever 70 % of the last hundred tasks were solved.
class Curriculum {
 public:
  Curriculum(int first, int most) : nodes_(first), most_(most) {}
  int nodes() const { return nodes_; }
  void Note(bool solved);

 private:
  std::mutex mutex_;
  std::atomic<int> nodes_;
  const int most_;
  int tried_ = 0;
  int solved_ = 0;
};

class ProgramWorker final : public campaign::Worker {
 public:
  struct Options {
    const env::program::ProgramEnvironment* environment = nullptr;
    ProgramsSection programs;
    env::Provenance provenance;
    campaign::NetworkSlot* network = nullptr;
    Curriculum* curriculum = nullptr;
    campaign::SelfplayCounters* counters = nullptr;
    /// Tasks whose behaviour must not be learned.
    const std::vector<env::program::ProgramTask>* forbidden = nullptr;
    unsigned lane = 0;
    std::function<void(env::Trajectory)> sink;
  };
  /// Fails when there is no sandbox.
  static Result<std::unique_ptr<ProgramWorker>> Make(Options options);

  void SetSchedule(campaign::EpisodeSchedule* schedule) override { schedule_ = schedule; }
  Status Adopt(const storage::UnfinishedEpisode& unfinished) override;
  bool Step() override;
  std::vector<storage::UnfinishedEpisode> Unfinished() const override { return {}; }

 private:
  ProgramWorker(Options options, std::unique_ptr<ProgramCJudge> judge);
  void RefreshGuide();
  bool IsForbidden(const env::program::Program& program);
  env::Trajectory MakeTrajectory(const env::program::Dream& dream,
                                 const env::program::Program& program, std::uint64_t episode);

  const Options options_;
  std::unique_ptr<ProgramCJudge> judge_;
  campaign::EpisodeSchedule* schedule_ = nullptr;
  std::unique_ptr<ProgramGuide> guide_;
  std::uint64_t network_version_ = 0;
  env::program::Runner runner_{1'000'000};
};

/// Whether `program` answers all examples of `task`, seen and unseen.
bool Answers(env::program::Runner* runner, const env::program::Program& program,
             const env::program::ProgramTask& task);

}  // namespace tesuji::env::program
