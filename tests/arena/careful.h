// A weak Go player for tests: random moves that fill none of its own eyes; it passes only when
// nothing else is left, so that its games end.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arena/contestant.h"
#include "env/go/go_state.h"

namespace tesuji::arena {

class CarefulPlayer final : public Player {
 public:
  Status NewGame(const env::State& /*start*/, RandomStream random) override {
    random_ = random;
    return {};
  }
  void Observe(const env::State& /*before*/, env::Action /*action*/) override {}
  void BeginMove(const env::State& state) override {
    const auto& go = static_cast<const env::go::GoState&>(state);
    state.LegalActions(&legal_);
    std::erase_if(legal_, [&go](env::Action action) {
      return action == go.rules().pass() || go.board().IsEyeOf(action, go.color_to_play());
    });
    if (legal_.empty()) legal_.push_back(go.rules().pass());
  }
  std::optional<Result<Decision>> Poll() override {
    return Decision{.action = legal_[random_.Below(legal_.size())]};
  }

 private:
  RandomStream random_{std::uint64_t{0}};
  std::vector<env::Action> legal_;
};

inline Contestant CarefulContestant(std::string name) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.make_player = [](search::Evaluator*) -> Result<std::unique_ptr<Player>> {
    return std::make_unique<CarefulPlayer>();
  };
  return contestant;
}

}  // namespace tesuji::arena
