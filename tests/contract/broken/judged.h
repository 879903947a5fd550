// The heap game with its end left to a judge, and a sound judge of it, for tests to break.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/broken/sound.h"

namespace tesuji::broken {

struct Awaiting : Sound<Awaiting> {
  Phase phase() const override { return heap_ == 0 ? Phase::kAwaitsJudge : Phase::kOngoing; }
};

struct AwaitingEnvironment : SoundEnvironment<Awaiting> {
  AwaitingEnvironment() { spec_.has_score = false; }
};

/// Who took last has won: what the rules would say, if they said anything.
inline float HeapValue(const std::string& record) {
  return record.size() / 2 % 2 == 1 ? 1.0F : -1.0F;
}

class SoundJudge : public Judge {
 public:
  Json identity() const override { return {{"name", "heap"}, {"version", 1}}; }
  bool repeats() const override { return true; }
  bool Submit(std::uint64_t ticket, const State& finished) override {
    done_.push_back(Of(ticket, finished));
    return true;
  }
  std::vector<Judgement> Collect(std::chrono::milliseconds /*wait*/) override {
    return std::exchange(done_, {});
  }

 protected:
  static Judgement Of(std::uint64_t ticket, const State& finished) {
    Judgement judgement;
    judgement.ticket = ticket;
    judgement.value = HeapValue(finished.Artifact());
    judgement.verdict = *judgement.value > 0 ? Verdict::kAccepted : Verdict::kWrongAnswer;
    judgement.evidence = {{"record", finished.Artifact()}};
    return judgement;
  }
  std::vector<Judgement> done_;
};

}  // namespace tesuji::broken
