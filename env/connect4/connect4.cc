#include "env/connect4/connect4.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "api/board_symmetries.h"
#include "api/board_text.h"
#include "api/fixed_environment.h"

namespace tesuji::env {
namespace {

constexpr int kColumns = 7;
constexpr int kRows = 6;
constexpr int kCells = kColumns * kRows;
constexpr int kPlanes = 7;
// A column is kRows bits, lowest row first, and one more that stays 0, so that no line of four
// runs from one column into the next.
constexpr int kStride = kRows + 1;
constexpr std::uint64_t kColumn = (1 << kRows) - 1;
constexpr std::uint64_t kBottom = 0x40810204081;  // The lowest row.
constexpr std::uint64_t kBoard = kColumn * kBottom;
// From the middle outwards and from the edges inwards, each in both hands.
constexpr std::array<std::array<int, kColumns>, 4> kOrders = {
    {{3, 2, 4, 1, 5, 0, 6}, {3, 4, 2, 5, 1, 6, 0}, {0, 6, 1, 5, 2, 4, 3}, {6, 0, 5, 1, 4, 2, 3}}};
using Stones = std::array<std::uint64_t, 2>;  // The first player's and the second's.

// The lowest empty cell of `column`, which is where adding 1 carries to; 0 when it is full.
std::uint64_t Lowest(const Stones& stones, int column) {
  return ((stones[0] | stones[1]) + kBottom) & (kColumn << (column * kStride));
}
// The cells, empty or not, that make a four with three of `stones`.
std::uint64_t Fours(std::uint64_t stones) {
  std::uint64_t cells = 0;
  for (const int step : {1, kStride, kStride - 1, kStride + 1}) {
    const std::uint64_t before = (stones << step) & (stones << (2 * step));
    const std::uint64_t behind = (stones >> step) & (stones >> (2 * step));
    cells |= before & ((stones << (3 * step)) | (stones >> step));
    cells |= behind & ((stones >> (3 * step)) | (stones << step));
  }
  return cells & kBoard;
}
bool HasFour(std::uint64_t stones) { return (stones & Fours(stones)) != 0; }
// Plays on by rule of thumb and returns the value to `mover`: win; else stop a four; else nothing
// under a four of the other's; nor of one's own; answer in the same column; as `order` says. Who
// must open a column in the end decides most games, and networks do not count that far.
float PlayOut(Stones stones, int mover, std::span<const int> order) {
  std::uint64_t last = 0;
  for (float sign = 1;; sign = -sign, mover = 1 - mover) {
    const std::uint64_t wins = Fours(stones[mover]);
    const std::uint64_t stops = Fours(stones[1 - mover]);
    std::uint64_t moves = ((stones[0] | stones[1]) + kBottom) & kBoard;
    if (moves == 0) return 0;
    for (const std::uint64_t good : {wins, stops, ~(stops >> 1), ~(wins >> 1), last << 1}) {
      if ((moves & good) != 0) moves &= good;
    }
    const auto in = [&](int column) { return (moves & (kColumn << (column * kStride))) != 0; };
    last = Lowest(stones, *std::ranges::find_if(order, in));
    stones[mover] |= last;
    if ((wins & last) != 0) return sign;
  }
}

class ConnectFourState final : public State {
 public:
  std::unique_ptr<State> Clone() const override {
    return std::make_unique<ConnectFourState>(*this);
  }
  Phase phase() const override {
    return HasFour(stones_[1 - mover()]) || moves() == kCells ? Phase::kScored : Phase::kOngoing;
  }
  Player to_play() const override { return static_cast<Player>(mover()); }
  void LegalActions(std::vector<Action>* out) const override {
    assert(phase() == Phase::kOngoing);
    out->clear();
    for (int column = 0; column < kColumns; ++column) {
      if (Lowest(stones_, column) != 0) out->push_back(column);
    }
  }
  void Apply(Action column) override {
    assert(phase() == Phase::kOngoing && Lowest(stones_, column) != 0);
    stones_[mover()] |= Lowest(stones_, column);
    record_ += std::to_string(column + 1) + ' ';
  }
  float Value() const override {
    assert(phase() == Phase::kScored);
    return HasFour(stones_[0]) ? 1.0F : HasFour(stones_[1]) ? -1.0F : 0.0F;
  }
  Key128 Fingerprint() const override { return {.high = stones_[0], .low = stones_[1]}; }
  // Planes with the top row first: the mover's stones, the opponent's, the empty cells that give
  // the one and the other a four, the rows that become the mover's when both only answer in the
  // same column: the odd ones for the first player, counted from 1 (Allis 1988, zugzwang control),
  // and the values of playouts from the middle and from the edges.
  void Encode(std::span<float> out) const override {
    assert(out.size() == kPlanes * kCells);
    const std::uint64_t mine = stones_[mover()];
    const std::uint64_t theirs = stones_[1 - mover()];
    const std::uint64_t rows = kBottom * (mover() == 0 ? 0b010101 : 0b101010);
    const std::array<std::uint64_t, 5> cells = {mine, theirs, Fours(mine) & ~theirs & ~mine,
                                                Fours(theirs) & ~theirs & ~mine, rows};
    std::array<float, 2> values{};
    for (int i = 0; i < 4; ++i) values[i / 2] += PlayOut(stones_, mover(), kOrders[i]) / 2;
    for (int i = 0; i < kPlanes * kCells; ++i) {
      const int plane = i / kCells;
      out[i] = plane >= 5 ? values[plane - 5] : (cells[plane] & Bit(i % kCells)) != 0 ? 1.0F : 0.0F;
    }
  }
  // The columns in the order they were played: "4 4 3 ".
  std::string Artifact() const override { return record_; }
  std::string ToText() const override {
    const auto mark = [&](int cell) {
      return (stones_[0] & Bit(cell)) != 0 ? 'X' : (stones_[1] & Bit(cell)) != 0 ? 'O' : '.';
    };
    return BoardText(kRows, kColumns, mark) + "1 2 3 4 5 6 7\n";
  }
  std::string ActionToText(Action column) const override { return std::to_string(column + 1); }
  std::string Termination() const override {
    return phase() == Phase::kOngoing ? "" : Value() != 0 ? "four" : "full";
  }

 private:
  static std::uint64_t Bit(int cell) {
    return std::uint64_t{1} << (cell % kColumns * kStride + kRows - 1 - cell / kColumns);
  }
  int moves() const { return std::popcount(stones_[0] | stones_[1]); }
  int mover() const { return moves() % 2; }

  Stones stones_{};
  std::string record_;
};

}  // namespace

EnvironmentFactory ConnectFourFactory() {
  Spec spec;
  spec.id = "connect4";
  spec.version = 3;  // 2: shows fours to be and whose rows are whose. 3: shows playouts.
  spec.action_count = kColumns;
  spec.max_steps = kCells;
  spec.observation = {.planes = kPlanes, .height = kRows, .width = kColumns};
  spec.actions = {.planes_over_cells = 0, .other_actions = kColumns};
  spec.symmetries = ColumnSymmetries(kRows, kColumns);
  return FixedEnvironmentFactory<ConnectFourState>(
      spec, "Connect Four, 7 columns of 6: four in a line win");
}

}  // namespace tesuji::env
