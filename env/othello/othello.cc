#include "env/othello/othello.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cassert>

#include "api/board_symmetries.h"
#include "api/board_text.h"
#include "api/fixed_environment.h"

namespace tesuji::env {
namespace {

constexpr int kSide = 8;
constexpr int kCells = kSide * kSide;
constexpr Action kPass = kCells;

using Discs = std::uint64_t;  // Bit 0 is a8, bit 7 h8, bit 63 h1.

constexpr Discs kNotA = 0xFEFEFEFEFEFEFEFE;
constexpr Discs kNotH = 0x7F7F7F7F7F7F7F7F;

// One of eight directions: a shift of the whole board, without those that leave it at the side.
struct Direction {
  int shift;
  Discs stays;
};
constexpr std::array<Direction, 8> kDirections = {{{-8, ~Discs{0}},
                                                   {8, ~Discs{0}},
                                                   {1, kNotA},
                                                   {-1, kNotH},
                                                   {9, kNotA},
                                                   {-7, kNotA},
                                                   {7, kNotH},
                                                   {-9, kNotH}}};

Discs Shift(Discs discs, const Direction& direction) {
  const Discs moved = direction.shift > 0 ? discs << direction.shift : discs >> -direction.shift;
  return moved & direction.stays;
}

// Where `own` may play against `other`.
Discs Moves(Discs own, Discs other) {
  Discs moves = 0;
  for (const Direction& direction : kDirections) {
    Discs run = Shift(own, direction) & other;
    for (int i = 0; i < kSide - 3; ++i) run |= Shift(run, direction) & other;
    moves |= Shift(run, direction);
  }
  return moves & ~(own | other);
}

// What `own` turns over by playing `move`.
Discs Turned(Discs own, Discs other, Discs move) {
  Discs turned = 0;
  for (const Direction& direction : kDirections) {
    Discs run = 0;
    Discs next = Shift(move, direction);
    for (; (next & other) != 0; next = Shift(next, direction)) run |= next;
    if ((next & own) != 0) turned |= run;
  }
  return turned;
}

class OthelloState final : public State {
 public:
  std::unique_ptr<State> Clone() const override { return std::make_unique<OthelloState>(*this); }
  Phase phase() const override {
    const bool over = MovesOf(mover_) == 0 && MovesOf(1 - mover_) == 0;
    return over ? Phase::kScored : Phase::kOngoing;
  }
  Player to_play() const override { return static_cast<Player>(mover_); }
  void LegalActions(std::vector<Action>* out) const override {
    assert(phase() == Phase::kOngoing);
    out->clear();
    for (Discs moves = MovesOf(mover_); moves != 0; moves &= moves - 1) {
      out->push_back(std::countr_zero(moves));
    }
    if (out->empty()) out->push_back(kPass);
  }
  void Apply(Action action) override {
    assert(phase() == Phase::kOngoing && action >= 0 && action <= kPass);
    assert(action == kPass ? MovesOf(mover_) == 0 : ((MovesOf(mover_) >> action) & 1U) != 0);
    record_ += ActionToText(action) + " ";
    if (action != kPass) {
      const Discs move = Discs{1} << action;
      const Discs turned = Turned(discs_[mover_], discs_[1 - mover_], move);
      discs_[mover_] |= move | turned;
      discs_[1 - mover_] &= ~turned;
    }
    mover_ = 1 - mover_;
  }
  float Value() const override {
    const float score = Targets().score;
    return score > 0 ? 1.0F : score < 0 ? -1.0F : 0.0F;
  }
  // The middle cells are never empty, so the bit of one is free to say who is to play.
  Key128 Fingerprint() const override {
    const Discs free_bit = Discs{1} << 27;
    const Discs occupied = (discs_[0] | discs_[1]) & ~free_bit;
    return {.high = mover_ == 1 ? occupied | free_bit : occupied, .low = discs_[0]};
  }
  // The mover's discs, the opponent's, and where the mover may play.
  void Encode(std::span<float> out) const override {
    assert(out.size() == 3 * kCells);
    const Discs moves = MovesOf(mover_);
    for (int cell = 0; cell < kCells; ++cell) {
      out[cell] = static_cast<float>((discs_[mover_] >> cell) & 1U);
      out[kCells + cell] = static_cast<float>((discs_[1 - mover_] >> cell) & 1U);
      out[2 * kCells + cell] = static_cast<float>((moves >> cell) & 1U);
    }
  }
  // The moves in order: "d3 c5 pass ".
  std::string Artifact() const override { return record_; }
  std::string ToText() const override {
    const auto mark = [&](int cell) {
      return ((discs_[0] >> cell) & 1U) != 0 ? 'X' : ((discs_[1] >> cell) & 1U) != 0 ? 'O' : '.';
    };
    return BoardText(kSide, kSide, mark) + (mover_ == 0 ? "X to play\n" : "O to play\n");
  }
  // Othello counts rows from the top: d3 is the first move that most people play.
  std::string ActionToText(Action action) const override {
    if (action == kPass) return "pass";
    return fmt::format("{}{}", "abcdefgh"[action % kSide], action / kSide + 1);
  }
  FinalTargets Targets() const override {
    assert(phase() == Phase::kScored);
    FinalTargets targets;
    for (int cell = 0; cell < kCells; ++cell) {
      const int first = static_cast<int>((discs_[0] >> cell) & 1U);
      targets.ownership.push_back(
          static_cast<std::int8_t>(first - static_cast<int>((discs_[1] >> cell) & 1U)));
    }
    targets.score = static_cast<float>(std::popcount(discs_[0]) - std::popcount(discs_[1]));
    return targets;
  }
  std::string Termination() const override {
    if (phase() == Phase::kOngoing) return {};
    return ~(discs_[0] | discs_[1]) == 0 ? "full" : "no-moves";
  }

 private:
  Discs MovesOf(int player) const { return Moves(discs_[player], discs_[1 - player]); }

  std::array<Discs, 2> discs_ = {Discs{1} << 28 | Discs{1} << 35, Discs{1} << 27 | Discs{1} << 36};
  int mover_ = 0;
  std::string record_;
};

}  // namespace

EnvironmentFactory OthelloFactory() {
  Spec spec;
  spec.id = "othello";
  spec.action_count = kCells + 1;
  spec.max_steps = 2 * (kCells - 4);  // No two passes in a row.
  spec.observation = {.planes = 3, .height = kSide, .width = kSide};
  spec.actions = {.planes_over_cells = 1, .other_actions = 1};
  spec.has_ownership = true;
  spec.has_score = true;
  spec.score_scale = 16;
  spec.symmetries = BoardSymmetries(kSide, kSide, spec.actions);
  return FixedEnvironmentFactory<OthelloState>(
      spec, "Othello on 8 x 8; the disc difference is the score");
}

}  // namespace tesuji::env
