#include "env/tictactoe/tictactoe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "api/board_symmetries.h"
#include "api/board_text.h"

namespace tesuji::env {
namespace {

constexpr int kCells = 9;
constexpr std::uint32_t kFull = (1U << kCells) - 1;
constexpr std::array<std::uint32_t, 8> kLines = {0b000'000'111, 0b000'111'000, 0b111'000'000,
                                                 0b001'001'001, 0b010'010'010, 0b100'100'100,
                                                 0b100'010'001, 0b001'010'100};

bool HasLine(std::uint32_t stones) {
  return std::ranges::any_of(kLines, [&](std::uint32_t line) { return (stones & line) == line; });
}

class TicTacToeState final : public State {
 public:
  std::unique_ptr<State> Clone() const override { return std::make_unique<TicTacToeState>(*this); }
  Phase phase() const override {
    return HasLine(stones_[0]) || HasLine(stones_[1]) || occupied() == kFull ? Phase::kScored
                                                                             : Phase::kOngoing;
  }
  Player to_play() const override { return static_cast<Player>(mover()); }
  void LegalActions(std::vector<Action>* out) const override {
    assert(phase() == Phase::kOngoing);
    out->clear();
    for (Action cell = 0; cell < kCells; ++cell) {
      if (((occupied() >> cell) & 1U) == 0) out->push_back(cell);
    }
  }
  void Apply(Action action) override {
    assert(phase() == Phase::kOngoing && IsEmpty(action));
    stones_[mover()] |= 1U << action;
    order_ += static_cast<char>('1' + action);
  }
  float Value() const override {
    assert(phase() == Phase::kScored);
    return HasLine(stones_[0]) ? 1.0F : HasLine(stones_[1]) ? -1.0F : 0.0F;
  }
  Key128 Fingerprint() const override { return {.high = stones_[0], .low = stones_[1]}; }
  void Encode(std::span<float> out) const override {
    assert(out.size() == 2 * kCells);
    for (int cell = 0; cell < kCells; ++cell) {
      out[cell] = static_cast<float>((stones_[mover()] >> cell) & 1U);
      out[kCells + cell] = static_cast<float>((stones_[1 - mover()] >> cell) & 1U);
    }
  }
  // The cells in the order they were played, 1 to 9.
  std::string Artifact() const override { return order_; }
  std::string ToText() const override {
    return BoardText(3, 3, [&](int cell) {
      return ((stones_[0] >> cell) & 1U) != 0 ? 'X' : ((stones_[1] >> cell) & 1U) != 0 ? 'O' : '.';
    });
  }
  std::string ActionToText(Action action) const override {
    return fmt::format("{}{}", "abc"[action % 3], 3 - action / 3);
  }
  std::string Termination() const override {
    if (phase() == Phase::kOngoing) return {};
    return Value() != 0 ? "line" : "full";
  }

  bool IsEmpty(Action action) const {
    return action >= 0 && action < kCells && ((occupied() >> action) & 1U) == 0;
  }

 private:
  std::uint32_t occupied() const { return stones_[0] | stones_[1]; }
  int mover() const { return std::popcount(occupied()) % 2; }

  std::array<std::uint32_t, 2> stones_{};  // A bit a cell, first player's and second's.
  std::string order_;
};

class TicTacToe final : public Environment {
 public:
  TicTacToe() {
    spec_.id = "tictactoe";
    spec_.action_count = kCells;
    spec_.max_steps = kCells;
    spec_.observation = {.planes = 2, .height = 3, .width = 3};
    spec_.actions = {.planes_over_cells = 1, .other_actions = 0};
    spec_.symmetries = BoardSymmetries(3, 3, spec_.actions);
  }
  const Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<State>> NewState(const Task& task) const override {
    if (!task.parameters.empty()) return Fail("a tic-tac-toe task has no parameters");
    return std::make_unique<TicTacToeState>();
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    auto state = std::make_unique<TicTacToeState>();
    for (std::size_t i = 0; i < artifact.size(); ++i) {
      if (state->phase() != Phase::kOngoing) {
        return Fail(fmt::format("tic-tac-toe: move {} comes after the end of the game", i + 1));
      }
      if (!state->IsEmpty(artifact[i] - '1')) {
        return Fail(fmt::format("tic-tac-toe: move {} is not an empty cell from 1 to 9", i + 1));
      }
      state->Apply(artifact[i] - '1');
    }
    return state;
  }

 private:
  Spec spec_;
};

}  // namespace

std::unique_ptr<const Environment> MakeTicTacToe() { return std::make_unique<TicTacToe>(); }

EnvironmentFactory TicTacToeFactory() {
  EnvironmentFactory factory;
  factory.id = "tictactoe";
  factory.summary = "Tic-tac-toe, the smallest environment";
  factory.make = [](const Json&) -> Result<std::unique_ptr<const Environment>> {
    return MakeTicTacToe();
  };
  return factory;
}

}  // namespace tesuji::env
