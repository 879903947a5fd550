// A sound little game to break: from a heap of nine, players in turn take one to three; who takes
// the last wins. Each broken environment is Sound with one method replaced.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/record.h"
#include "api/registry.h"

namespace tesuji::broken {

using namespace env;

inline constexpr int kHeap = 9;

template <class Derived>
class Sound : public State {
 public:
  std::unique_ptr<State> Clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
  Phase phase() const override { return heap_ == 0 ? Phase::kScored : Phase::kOngoing; }
  Player to_play() const override { return static_cast<Player>(moves_ % 2); }
  void LegalActions(std::vector<Action>* out) const override {
    out->clear();
    for (int take = 1; take <= std::min(3, heap_); ++take) out->push_back(take - 1);
  }
  void Apply(Action action) override {
    heap_ -= action + 1;
    ++moves_;
    record_ += std::to_string(action + 1) + " ";
  }
  float Value() const override { return moves_ % 2 == 1 ? 1.0F : -1.0F; }
  Key128 Fingerprint() const override {
    return {.high = static_cast<std::uint64_t>(heap_),
            .low = static_cast<std::uint64_t>(moves_ % 2)};
  }
  void Encode(std::span<float> out) const override {
    for (int i = 0; i <= kHeap; ++i) out[i] = i == heap_ ? 1.0F : 0.0F;
  }
  std::string Artifact() const override { return record_; }
  std::string ToText() const override { return std::string(heap_, 'o'); }
  std::string ActionToText(Action action) const override { return std::to_string(action + 1); }
  FinalTargets Targets() const override { return {.ownership = {}, .score = Value()}; }
  std::string Termination() const override { return heap_ == 0 ? "empty" : ""; }

 protected:
  int heap_ = kHeap;
  int moves_ = 0;
  std::string record_;
};

template <class S>
class SoundEnvironment : public Environment {
 public:
  SoundEnvironment() {
    spec_.id = "broken";
    spec_.action_count = 3;
    spec_.max_steps = kHeap;
    spec_.observation = {.planes = 1, .height = 1, .width = kHeap + 1};
    spec_.actions = {.planes_over_cells = 0, .other_actions = 3};
    spec_.has_score = true;
    spec_.symmetries.resize(1);
    for (int cell = 0; cell <= kHeap; ++cell) spec_.symmetries[0].cells.push_back(cell);
    spec_.symmetries[0].actions = {0, 1, 2};
  }
  const Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<State>> NewState(const Task& /*task*/) const override {
    return std::make_unique<S>();
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    return PlayRecord(std::make_unique<S>(), artifact);
  }

 protected:
  Spec spec_;
};

/// Breaks nothing: for environments whose fault is not the state's.
struct Plain : Sound<Plain> {};

/// One deliberate fault.
struct Fault {
  std::string id;
  std::string named;  ///< What the report must say.
  std::function<std::unique_ptr<const Environment>()> make;
  bool kills = false;  ///< It ends or hangs the process that runs it.
  /// As EnvironmentFactory::make_judge; empty: there is none.
  std::function<Result<std::unique_ptr<Judge>>(const Environment&)> make_judge = {};
};

template <class E>
Fault Make(const char* id, const char* named, bool kills = false) {
  return {id, named, [] { return std::make_unique<const E>(); }, kills};
}
template <class S>
Fault MakeState(const char* id, const char* named, bool kills = false) {
  return Make<SoundEnvironment<S>>(id, named, kills);
}

std::vector<Fault> BrokenRules();    ///< Who moves, what is legal, how it ends.
std::vector<Fault> BrokenViews();    ///< Observation, fingerprint, value, text, artifact.
std::vector<Fault> BrokenObjects();  ///< Clones, hidden state, threads.
std::vector<Fault> BrokenSpecs();    ///< Spec, tasks, chance, symmetries.
std::vector<Fault> BrokenCalls();    ///< Exceptions, crashes, loops.
std::vector<Fault> BrokenJudges();   ///< Of ends that await a judge.
Fault SoundlyJudged();               ///< The sound one behind those; no fault.

inline std::vector<Fault> AllFaults() {
  std::vector<Fault> all;
  for (auto part : {BrokenRules(), BrokenViews(), BrokenObjects(), BrokenSpecs(), BrokenCalls(),
                    BrokenJudges()}) {
    for (Fault& fault : part) all.push_back(std::move(fault));
  }
  return all;
}

}  // namespace tesuji::broken
