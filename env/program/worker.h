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
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/producer.h"
#include "api/trajectory.h"
#include "env/program/guide/program_guide.h"
#include "env/program/judge.h"
#include "env/program/language/evaluator.h"
#include "env/program/program_environment.h"
#include "env/program/settings.h"
#include "env/program/tasks/dream.h"

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

class ProgramWorker final : public ProducerWorker {
 public:
  struct Options {
    const ProgramEnvironment* environment = nullptr;
    ProgramsSection programs;
    Json search_settings;  ///< For provenance.
    Curriculum* curriculum = nullptr;
    /// Tasks whose behaviour must not be learned.
    const std::vector<ProgramTask>* forbidden = nullptr;
    unsigned lane = 0;
    ProducerHost* host = nullptr;
  };
  /// Fails when there is no sandbox.
  static Result<std::unique_ptr<ProducerWorker>> Make(Options options);

  Status Adopt(const EpisodeInFlight& episode) override;
  bool Step() override;
  std::vector<EpisodeInFlight> Unfinished() const override { return {}; }

 private:
  ProgramWorker(Options options, std::unique_ptr<ProgramCJudge> judge);
  void RefreshGuide();
  bool IsForbidden(const Program& program);
  Trajectory MakeTrajectory(const Dream& dream, const Program& program, std::uint64_t episode);

  const Options options_;
  std::unique_ptr<ProgramCJudge> judge_;
  std::unique_ptr<ProgramGuide> guide_;
  std::uint64_t policy_version_ = 0;
  Runner runner_{1'000'000};
};

}  // namespace tesuji::env::program
