// Judges that do what a test tells them to, and states for them that are no more than a number.
// Thread-safety: a ScriptedJudge is called by one thread; what scripts capture is the test's.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "api/judge.h"

namespace tesuji::campaign {

/// Awaits a judge from the start.
class NumberState final : public env::State {
 public:
  explicit NumberState(std::uint64_t number) : number_(number) {}
  std::uint64_t number() const { return number_; }
  std::unique_ptr<State> Clone() const override { return std::make_unique<NumberState>(*this); }
  env::Phase phase() const override { return env::Phase::kAwaitsJudge; }
  env::Player to_play() const override { return env::Player::kFirst; }
  void LegalActions(std::vector<env::Action>* out) const override { out->clear(); }
  void Apply(env::Action /*action*/) override {}
  float Value() const override { return 0; }
  Key128 Fingerprint() const override { return {.high = 0, .low = number_}; }
  void Encode(std::span<float> /*out*/) const override {}
  std::string Artifact() const override { return std::to_string(number_); }
  std::string ToText() const override { return Artifact(); }

 private:
  std::uint64_t number_;
};

/// Holds whoever enters until it is opened, at the latest when it ends: for judges that hang.
class Trap {
 public:
  ~Trap() { Open(); }
  void Enter() {
    std::unique_lock lock(mutex_);
    ++caught_;
    opened_.notify_all();
    opened_.wait(lock, [this] { return open_; });
    --caught_;
    opened_.notify_all();
  }
  void WaitUntilCaught() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return caught_ > 0; });
  }
  /// Returns when all have left.
  void Open() {
    std::unique_lock lock(mutex_);
    open_ = true;
    opened_.notify_all();
    opened_.wait(lock, [this] { return caught_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  int caught_ = 0;
};

/// What a sound judge says of a number: even ones are accepted.
inline env::Judgement SoundJudgement(std::uint64_t ticket, std::uint64_t number) {
  env::Judgement judgement;
  judgement.ticket = ticket;
  judgement.verdict = number % 2 == 0 ? env::Verdict::kAccepted : env::Verdict::kWrongAnswer;
  judgement.value = number % 2 == 0 ? 1.0F : -1.0F;
  judgement.evidence = {{"number", number}};
  return judgement;
}

class ScriptedJudge final : public env::Judge {
 public:
  using Answers = std::vector<env::Judgement>;
  /// What Submit() makes of (ticket, number): the answers that the next Collect() gives. May throw,
  /// or not return.
  using Script = std::function<Answers(std::uint64_t ticket, std::uint64_t number)>;

  explicit ScriptedJudge(Script script, std::size_t capacity = 1'000)
      : script_(std::move(script)), capacity_(capacity) {}
  Json identity() const override { return {{"name", "scripted"}, {"version", 1}}; }
  bool Submit(std::uint64_t ticket, const env::State& finished) override {
    if (answers_.size() >= capacity_) return false;
    for (auto& answer : script_(ticket, dynamic_cast<const NumberState&>(finished).number())) {
      answers_.push_back(std::move(answer));
    }
    return true;
  }
  Answers Collect(std::chrono::milliseconds /*wait*/) override {
    if (on_collect) on_collect();
    return std::exchange(answers_, {});
  }

  std::function<void()> on_collect = {};  ///< Called first by Collect(); may throw.

 private:
  Script script_;
  std::size_t capacity_;
  Answers answers_;
};

}  // namespace tesuji::campaign
