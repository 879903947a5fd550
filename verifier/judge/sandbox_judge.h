// The sandbox as the Judge of the program environment: finished states go through a bounded pool
// of judging lanes and come back on the caller's thread.
//
// A state's artifact is its source code. In scoring problems its value grows with the share of the
// best score that it gets, from rejected_value to accepted_value. An infrastructure failure comes
// back as kInternalError without a value, after the lanes' own retries. Thread-safety: one caller,
// as env::Judge says; Cancel() from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "api/judge.h"
#include "verifier/judge/lanes.h"
#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {

struct SandboxJudgeOptions {
  SandboxOptions sandbox;
  CompilerOptions compiler;
  JudgeOptions judge;
  std::string language = "cpp20";
  int workers = 0;            ///< 0: one a processor.
  std::size_t capacity = 64;  ///< Accepted and not yet collected.
  float accepted_value = 1;
  float rejected_value = -1;
  /// Of scoring problems: the score that is worth accepted_value; 0: the best one that the package
  /// allows.
  double full_score = 0;
};

class SandboxJudge : public env::Judge {
 public:
  /// Fails when the machine cannot isolate, or when nothing says what the best score is.
  static Result<std::unique_ptr<SandboxJudge>> Open(Problem problem, LanguageTable languages,
                                                    SandboxJudgeOptions options);
  ~SandboxJudge() override;

  /// The problem, the language and what limits a run. Times differ from run to run, so it does not
  /// promise to repeat itself.
  Json identity() const override;
  bool Submit(std::uint64_t ticket, const env::State& finished) override;
  std::vector<env::Judgement> Collect(std::chrono::milliseconds wait) override;

  /// The same as Submit() for source code as such.
  bool SubmitSource(std::uint64_t ticket, std::string source);
  /// What is queued or running comes back as kInternalError.
  void Cancel();

  /// Process ids of live containers, for fault tests.
  std::vector<pid_t> container_pids() const { return lanes_->container_pids(); }

 private:
  SandboxJudge(Problem problem, LanguageTable languages, SandboxJudgeOptions options);
  float ValueOf(const Report& report) const;
  env::Judgement JudgeOne(Workplace& workplace, std::uint64_t ticket, const std::string& source);

  const SandboxJudgeOptions options_;
  Problem problem_;
  Compiler compiler_;
  std::unique_ptr<SubmissionJudge> judge_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<env::Judgement> done_;
  std::size_t outstanding_ = 0;  ///< Accepted and not yet collected.
  std::atomic<bool> cancelled_{false};
  std::unique_ptr<Lanes> lanes_;  ///< Last: its threads use all of the above.
};

}  // namespace tesuji::verifier
