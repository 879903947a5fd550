// The heap game with its end left to a judge, which may be told to fail, to hang, to die or to lie.
// For campaigns in a test's own process, and as a plug-in for those that are killed.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "api/judge.h"
#include "api/registry.h"
#include "tests/contract/broken/sound.h"

namespace tesuji::judged {

struct Heap final : broken::Sound<Heap> {
  env::Phase phase() const override {
    return heap_ == 0 ? env::Phase::kAwaitsJudge : env::Phase::kOngoing;
  }
};

/// Who took last has won: what the rules would say, if they said anything.
inline float ValueOf(const std::string& record) {
  return record.size() / 2 % 2 == 1 ? 1.0F : -1.0F;
}

class HeapJudge final : public env::Judge {
 public:
  /// `way`: see HeapFactory().
  HeapJudge(std::string way, std::function<void()> hang, std::function<void()> on_submit)
      : way_(std::move(way)), hang_(std::move(hang)), on_submit_(std::move(on_submit)) {}
  Json identity() const override { return {{"name", "heap"}, {"version", 1}}; }
  bool repeats() const override { return true; }
  bool Submit(std::uint64_t ticket, const env::State& finished) override {
    ++calls_;
    if (on_submit_) on_submit_();
    if (way_ == "dies" && calls_ % 23 == 0) throw std::runtime_error("the solver has died");
    if (way_ == "hangs" && calls_ % 37 == 0) hang_();
    if (way_ == "forgets" && calls_ % 37 == 0) return true;
    if (way_ == "silent") return true;
    env::Judgement judgement;
    judgement.ticket = ticket;
    judgement.evidence = {{"message", "no licence"}};
    if (way_ != "broken" && (way_ != "fails" || (ticket * 2'654'435'761U >> 7U) % 3 != 0)) {
      judgement.value = ValueOf(finished.Artifact());
      judgement.verdict =
          *judgement.value > 0 ? env::Verdict::kAccepted : env::Verdict::kWrongAnswer;
      judgement.evidence = {{"record", finished.Artifact()}};
    }
    done_.push_back(judgement);
    if (way_ != "lies") return true;
    judgement.value = -judgement.value.value_or(0);
    done_.push_back(judgement);  // A second answer, the opposite.
    judgement.ticket += 1'000'000;
    if (calls_ % 2 == 0) done_.push_back(judgement);  // To a ticket from nowhere.
    return true;
  }
  std::vector<env::Judgement> Collect(std::chrono::milliseconds /*wait*/) override {
    return std::exchange(done_, {});
  }

 private:
  std::string way_;
  std::function<void()> hang_;
  std::function<void()> on_submit_;
  std::uint64_t calls_ = 0;
  std::vector<env::Judgement> done_;
};

class HeapEnvironment final : public broken::SoundEnvironment<Heap> {
 public:
  HeapEnvironment() {
    spec_.id = "judged-heap";
    spec_.has_score = false;
  }
};

/// Id "judged-heap". `way`: "sound", "fails" (a third of the judgements), "dies", "hangs",
/// "forgets" or "lies" now and then, "silent" (no answer ever), "broken" (fails always), "none" (no
/// judge). It is asked whenever a judge is made. `hang` is what a call does that does not return;
/// `on_submit` is called first by each Submit().
inline env::EnvironmentFactory HeapFactory(std::function<std::string()> way,
                                           std::function<void()> hang,
                                           std::function<void()> on_submit = {}) {
  env::EnvironmentFactory factory;
  factory.id = "judged-heap";
  factory.summary = "a heap whose end is judged";
  factory.make = [](const Json& /*parameters*/) {
    return std::make_unique<const HeapEnvironment>();
  };
  if (way() == "none") return factory;
  factory.make_judge =
      [way, hang,
       on_submit](const env::Environment& /*environment*/) -> Result<std::unique_ptr<env::Judge>> {
    return std::make_unique<HeapJudge>(way(), hang, on_submit);
  };
  return factory;
}

}  // namespace tesuji::judged
