#include "env/connect4/connect4.h"

#include <array>
#include <bit>
#include <cassert>

#include "env/record.h"

namespace tesuji::env {
namespace {

constexpr int kColumns = 7;
constexpr int kRows = 6;
constexpr int kCells = kColumns * kRows;
constexpr int kPlanes = 5;
// A column is kRows bits, lowest row first, and one more that stays 0, so that no line of four
// runs from one column into the next.
constexpr int kStride = kRows + 1;

constexpr std::uint64_t Bit(int column, int row) {
  return std::uint64_t{1} << (column * kStride + row);
}

bool HasFour(std::uint64_t stones) {
  for (const int step : {1, kStride, kStride - 1, kStride + 1}) {
    const std::uint64_t pairs = stones & (stones >> step);
    if ((pairs & (pairs >> (2 * step))) != 0) return true;
  }
  return false;
}

class ConnectFourState final : public State {
 public:
  std::unique_ptr<State> Clone() const override {
    return std::make_unique<ConnectFourState>(*this);
  }
  Phase phase() const override {
    const bool over = HasFour(stones_[1 - mover()]) || moves() == kCells;
    return over ? Phase::kScored : Phase::kOngoing;
  }
  Player to_play() const override { return static_cast<Player>(mover()); }
  void LegalActions(std::vector<Action>* out) const override {
    assert(phase() == Phase::kOngoing);
    out->clear();
    for (int column = 0; column < kColumns; ++column) {
      if ((occupied() & Bit(column, kRows - 1)) == 0) out->push_back(column);
    }
  }
  void Apply(Action column) override {
    assert(phase() == Phase::kOngoing && (occupied() & Bit(column, kRows - 1)) == 0);
    // The lowest empty cell is where adding 1 to the column carries to.
    stones_[mover()] |= (occupied() + Bit(column, 0)) & (Bit(column, kRows) - Bit(column, 0));
    record_ += static_cast<char>('1' + column);
    record_ += ' ';
  }
  float Value() const override {
    assert(phase() == Phase::kScored);
    return HasFour(stones_[0]) ? 1.0F : HasFour(stones_[1]) ? -1.0F : 0.0F;
  }
  Key128 Fingerprint() const override { return {.high = stones_[0], .low = stones_[1]}; }
  // Planes with the top row first: the mover's stones, the opponent's, the empty cells that give
  // the one and the other a four, and the rows that become the mover's when both only answer in the
  // same column: the odd ones for the first player, counted from 1 (Allis 1988, zugzwang control).
  void Encode(std::span<float> out) const override {
    assert(out.size() == kPlanes * kCells);
    const std::uint64_t mine = stones_[mover()];
    const std::uint64_t theirs = stones_[1 - mover()];
    for (int cell = 0; cell < kCells; ++cell) {
      const int row = kRows - 1 - cell / kColumns;
      const std::uint64_t bit = Bit(cell % kColumns, row);
      const bool empty = (occupied() & bit) == 0;
      const std::array<bool, kPlanes> planes = {(mine & bit) != 0, (theirs & bit) != 0,
                                                empty && HasFour(mine | bit),
                                                empty && HasFour(theirs | bit), row % 2 == mover()};
      for (int plane = 0; plane < kPlanes; ++plane) out[plane * kCells + cell] = planes[plane];
    }
  }
  // The columns in the order they were played: "4 4 3 ".
  std::string Artifact() const override { return record_; }
  std::string ToText() const override {
    std::string text;
    for (int cell = 0; cell < kCells; ++cell) {
      const std::uint64_t bit = Bit(cell % kColumns, kRows - 1 - cell / kColumns);
      text += (stones_[0] & bit) != 0 ? 'X' : (stones_[1] & bit) != 0 ? 'O' : '.';
      text += cell % kColumns == kColumns - 1 ? '\n' : ' ';
    }
    return text + "1 2 3 4 5 6 7\n";
  }
  std::string ActionToText(Action column) const override { return std::to_string(column + 1); }
  std::string Termination() const override {
    if (phase() == Phase::kOngoing) return {};
    return Value() != 0 ? "four" : "full";
  }

 private:
  std::uint64_t occupied() const { return stones_[0] | stones_[1]; }
  int moves() const { return std::popcount(occupied()); }
  int mover() const { return moves() % 2; }

  std::array<std::uint64_t, 2> stones_{};  // First player's and second's.
  std::string record_;
};

class ConnectFour final : public Environment {
 public:
  ConnectFour() {
    spec_.id = "connect4";
    spec_.version = 2;  // 2: shows fours to be and whose rows are whose.
    spec_.action_count = kColumns;
    spec_.max_steps = kCells;
    spec_.observation = {.planes = kPlanes, .height = kRows, .width = kColumns};
    spec_.actions = {.planes_over_cells = 0, .other_actions = kColumns};
    for (const bool mirrored : {false, true}) {
      Symmetry symmetry;
      const auto to = [&](int column) { return mirrored ? kColumns - 1 - column : column; };
      for (int cell = 0; cell < kCells; ++cell) {
        symmetry.cells.push_back(cell - cell % kColumns + to(cell % kColumns));
      }
      for (int column = 0; column < kColumns; ++column) symmetry.actions.push_back(to(column));
      spec_.symmetries.push_back(std::move(symmetry));
    }
  }
  const Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<State>> NewState(const Task& task) const override {
    if (!task.parameters.empty()) return Fail("a Connect Four task has no parameters");
    return std::make_unique<ConnectFourState>();
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    return PlayRecord(std::make_unique<ConnectFourState>(), artifact);
  }

 private:
  Spec spec_;
};

}  // namespace

EnvironmentFactory ConnectFourFactory() {
  return {.id = "connect4",
          .summary = "Connect Four, 7 columns of 6: four in a line win",
          .parameters = {},
          .make = [](const Json&) { return std::make_unique<const ConnectFour>(); }};
}

}  // namespace tesuji::env
