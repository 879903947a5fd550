// Noughts and crosses with its full minimax, as a fixture: three in a row wins, a full board is a
// draw. Crosses (the first player) begin.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>
#include <string>
#include <vector>

#include "api/environment.h"

namespace tesuji::search {

class NoughtsState : public env::State {
 public:
  std::unique_ptr<State> Clone() const override { return std::make_unique<NoughtsState>(*this); }
  env::Phase phase() const override {
    return winner() != 0 || moves_ == 9 ? env::Phase::kScored : env::Phase::kOngoing;
  }
  env::Player to_play() const override {
    return moves_ % 2 == 0 ? env::Player::kFirst : env::Player::kSecond;
  }
  void LegalActions(std::vector<env::Action>* out) const override {
    out->clear();
    for (int cell = 0; cell < 9; ++cell) {
      if (cells_[static_cast<std::size_t>(cell)] == 0) out->push_back(cell);
    }
  }
  void Apply(env::Action action) override {
    auto& cell = cells_[static_cast<std::size_t>(action)];
    assert(cell == 0 && phase() == env::Phase::kOngoing);
    cell = moves_ % 2 == 0 ? 1 : -1;
    ++moves_;
  }
  float Value() const override { return static_cast<float>(winner()); }
  Key128 Fingerprint() const override {
    std::uint64_t code = 0;
    for (int cell : cells_) code = code * 3 + static_cast<std::uint64_t>(cell + 1);
    return {.high = code * 0x9e3779b97f4a7c15ULL, .low = code ^ 0x5bd1e995ULL};
  }
  void Encode(std::span<float> out) const override {
    for (std::size_t i = 0; i < 9; ++i) out[i] = static_cast<float>(cells_[i]);
  }
  std::string Artifact() const override { return ToText(); }
  std::string ToText() const override {
    std::string text;
    for (int cell : cells_) text += cell == 0 ? '.' : cell > 0 ? 'X' : 'O';
    return text;
  }
  std::string Termination() const override { return winner() != 0 ? "three" : "full"; }

 private:
  int winner() const {
    static constexpr std::array<std::array<std::size_t, 3>, 8> kLines{
        {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6}, {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}}};
    for (const auto& line : kLines) {
      if (cells_[line[0]] != 0 && cells_[line[0]] == cells_[line[1]] &&
          cells_[line[1]] == cells_[line[2]]) {
        return cells_[line[0]];
      }
    }
    return 0;
  }

  std::array<int, 9> cells_{};
  int moves_ = 0;
};

class NoughtsEnvironment : public env::Environment {
 public:
  NoughtsEnvironment() {
    spec_.id = "noughts";
    spec_.action_count = 9;
    spec_.max_steps = 9;
    spec_.observation = {.planes = 1, .height = 3, .width = 3};
    spec_.actions = {.planes_over_cells = 1, .other_actions = 0};
  }
  const env::Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<env::State>> NewState(const env::Task&) const override {
    return std::make_unique<NoughtsState>();
  }
  Result<std::unique_ptr<env::State>> FromArtifact(std::string_view) const override {
    return Fail("a fixture reads nothing");
  }

 private:
  env::Spec spec_;
};

/// The value of perfect play, first player's view: the oracle.
inline int Minimax(const env::State& state) {
  if (state.phase() == env::Phase::kScored) return static_cast<int>(state.Value());
  std::vector<env::Action> legal;
  state.LegalActions(&legal);
  const int sign = state.to_play() == env::Player::kFirst ? 1 : -1;
  int best = -2;
  for (env::Action action : legal) {
    const auto next = state.Clone();
    next->Apply(action);
    best = std::max(best, sign * Minimax(*next));
  }
  return sign * best;
}

}  // namespace tesuji::search
