// A judge of the heap game that may be told to fail, to hang, to die or to lie.
// For campaigns in a test's own process, and as a plug-in for those that are killed.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "api/registry.h"
#include "tests/contract/broken/judged.h"

namespace tesuji::judged {

class HeapJudge final : public broken::SoundJudge {
 public:
  /// `way`: see HeapFactory().
  HeapJudge(std::string way, std::function<void()> hang, std::function<void()> on_submit)
      : way_(std::move(way)), hang_(std::move(hang)), on_submit_(std::move(on_submit)) {}
  bool Submit(std::uint64_t ticket, const env::State& finished) override {
    ++calls_;
    if (on_submit_) on_submit_();
    if (way_ == "dies" && calls_ % 23 == 0) throw std::runtime_error("the solver has died");
    if (way_ == "hangs" && calls_ % 37 == 0) hang_();
    if (way_ == "forgets" && calls_ % 37 == 0) return true;
    if (way_ == "silent") return true;
    const bool fails = way_ == "fails" && (ticket * 2'654'435'761U >> 7U) % 3 == 0;
    if (way_ == "broken" || fails) {
      done_.push_back({.ticket = ticket, .value = {}, .evidence = {{"message", "no licence"}}});
      return true;
    }
    SoundJudge::Submit(ticket, finished);
    if (way_ == "lies") Lie();
    return true;
  }

 private:
  void Lie() {
    env::Judgement judgement = done_.back();
    judgement.value = -*judgement.value;
    done_.push_back(judgement);  // A second answer, the opposite.
    judgement.ticket += 1'000'000;
    if (calls_ % 2 == 0) done_.push_back(judgement);  // To a ticket from nowhere.
  }

  std::string way_;
  std::function<void()> hang_;
  std::function<void()> on_submit_;
  std::uint64_t calls_ = 0;
};

class HeapEnvironment final : public broken::AwaitingEnvironment {
 public:
  HeapEnvironment() { spec_.id = "judged-heap"; }
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
