// Numbers of legal positions (Tromp and Farneback, "Combinatorics of Go", 2006): a position is
// legal when every chain has a liberty. Every legal position can be reached from the empty board by
// placing stones, so playing out all moves must find exactly these.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>

#include "env/go/board.h"

namespace tesuji::env::go {
namespace {

// A position as a number in base 3, the first cell least.
using Code = std::uint32_t;

class PositionCounter {
 public:
  explicit PositionCounter(int side) : geometry_(side, side) {
    Code power = 1;
    for (int cell = 0; cell < geometry_.cells(); ++cell, power *= 3) powers_.push_back(power);
    seen_.resize(power);
    MakeMaps();
  }

  /// Legal positions reached from the empty board by moves that are not suicide.
  std::uint64_t Count() {
    std::vector<Code> open = {0};
    seen_[0] = true;
    std::uint64_t count = 1;
    while (!open.empty()) {
      const Board board = Decode(open.back());
      open.pop_back();
      for (int cell = 0; cell < board.cells(); ++cell) {
        if (board.at(cell) != Color::kEmpty) continue;
        for (const Color color : {Color::kBlack, Color::kWhite}) {
          if (board.IsSuicide(cell, color)) continue;
          Board next = board;
          next.Play(cell, color);
          count += Mark(Encode(next), &open);
        }
      }
    }
    return count;
  }

 private:
  // The eight symmetries of the square: where each sends a cell.
  void MakeMaps() {
    const int side = geometry_.width();
    for (int i = 0; i < 8; ++i) {
      std::vector<int> map;
      for (int cell = 0; cell < geometry_.cells(); ++cell) {
        const int row = (i & 1) != 0 ? side - 1 - cell / side : cell / side;
        const int column = (i & 2) != 0 ? side - 1 - cell % side : cell % side;
        map.push_back((i & 4) != 0 ? column * side + row : row * side + column);
      }
      maps_.push_back(std::move(map));
    }
  }

  // Marks a position with its images and its colours exchanged; explores one of them. Returns how
  // many are new.
  int Mark(Code code, std::vector<Code>* open) {
    if (seen_[code]) return 0;
    open->push_back(code);
    int fresh = 0;
    for (const std::vector<int>& map : maps_) {
      std::array<Code, 2> images{};
      Code rest = code;
      for (const int to : map) {
        const Code digit = rest % 3;
        rest /= 3;
        images[0] += digit * powers_[to];
        images[1] += (3 - digit) % 3 * powers_[to];
      }
      for (const Code image : images) {
        fresh += seen_[image] ? 0 : 1;
        seen_[image] = true;
      }
    }
    return fresh;
  }

  Board Decode(Code code) const {
    std::vector<Action> black;
    std::vector<Action> white;
    for (int cell = 0; cell < geometry_.cells(); ++cell, code /= 3) {
      if (code % 3 == 1) black.push_back(cell);
      if (code % 3 == 2) white.push_back(cell);
    }
    Board board(&geometry_);
    board.SetUp(black, white);
    return board;
  }

  Code Encode(const Board& board) const {
    Code code = 0;
    for (int cell = 0; cell < board.cells(); ++cell) {
      code += static_cast<Code>(board.at(cell)) * powers_[cell];
    }
    return code;
  }

  Geometry geometry_;
  std::vector<Code> powers_;
  std::vector<bool> seen_;
  std::vector<std::vector<int>> maps_;
};

TEST(GoLegalPositions, Are57On2x2) { EXPECT_EQ(PositionCounter(2).Count(), 57U); }
TEST(GoLegalPositions, Are12675On3x3) { EXPECT_EQ(PositionCounter(3).Count(), 12675U); }
TEST(GoLegalPositions, Are24318165On4x4) { EXPECT_EQ(PositionCounter(4).Count(), 24318165U); }

// The same numbers from the other side: colourings that CheckStart() accepts.
std::uint64_t CountAcceptedStarts(int side) {
  Rules rules;
  rules.width = rules.height = side;
  std::uint64_t colourings = 1;
  for (int i = 0; i < rules.cells(); ++i) colourings *= 3;
  std::uint64_t count = 0;
  for (std::uint64_t code = 0; code < colourings; ++code) {
    Start start;
    std::uint64_t rest = code;
    for (int cell = 0; cell < rules.cells(); ++cell, rest /= 3) {
      if (rest % 3 == 1) start.black.push_back(cell);
      if (rest % 3 == 2) start.white.push_back(cell);
    }
    count += CheckStart(rules, start).has_value() ? 1 : 0;
  }
  return count;
}

TEST(GoLegalPositions, AreWhatSetUpAccepts) {
  EXPECT_EQ(CountAcceptedStarts(2), 57U);
  EXPECT_EQ(CountAcceptedStarts(3), 12675U);
}

}  // namespace
}  // namespace tesuji::env::go
