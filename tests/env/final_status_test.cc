#include "env/go/final_status.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "env/go/life.h"

namespace tesuji::env::go {
namespace {

// A position with the status of every stone. Living stones are X and O, dead ones x and o, stones
// in seki B (Black's) and W. GNU Go 3.8 says the same of each of these positions.
struct Known {
  const char* name;
  const char* rows;
};

constexpr Known kKnown[] = {
    {"seki without eyes",
     "O B B . W W X . ."
     "O B B . W W X . ."
     "O B B W W X X . ."
     "O O O X X X . . ."
     ". O O X . . . . ."
     "O O O X . . . . ."
     ". O O X X X X X X"
     "O O X X . . . . ."
     ". O X . . . . . ."},
    {"one eye is not enough",
     ". x O . . . ."
     "x x O . O . ."
     "O O O O O O O"
     "X X X X X X X"
     ". X . . . X ."
     ". . . X . . ."
     ". . . . . . ."},
    {"a false eye is none",
     "x . x O . . ."
     ". x x O . O ."
     "x O O O . . ."
     "O O . . O O O"
     ". . O O O X X"
     "O O O X X X ."
     "X X X X . X ."},
    {"five in a bulk with a stone on the vital point",
     "x x x x x O . . ."
     "x . . x O O O . ."
     "x . O . x O . . ."
     "x x x x x O . O ."
     "O O O O O O O O O"
     "X X X X X X X X X"
     ". . . . . . . . ."
     ". . X . . X . . ."
     ". . . . . . . . ."},
    {"two eyes live in one corner, one eye dies in the other",
     "X . X . X O . . ."
     "X X X X X O . . ."
     "O O O O O O . . ."
     ". . . . . . . . ."
     ". . O . . . O . ."
     ". . . . . . . . ."
     "O O O O O . O O O"
     "X X X X O O O x x"
     ". X . X O . O x ."},
    {"the shorter side loses a race",
     ". o o X . . ."
     "o o o X X . ."
     "X X X O X X X"
     "X . X O O O O"
     "X X X O . . ."
     "O O O O . O ."
     ". . . . . . ."},
    {"lone stones in safe areas",
     ". . . X O . . ."
     ". o . X O . x ."
     ". . . X O . . ."
     "X X X X O O O O"
     ". . . X O . . ."
     ". o . X O . x ."
     ". . . X O . . ."
     ". . . X O . . ."},
    {"a chain inside takes the eyes",
     ". . . . . x O . ."
     ". O O O O x O . ."
     ". . . . . x O O O"
     "x x x x x x O . ."
     "O O O O O O O . ."
     ". . . . . . . . ."
     ". . X . . . X . ."
     ". . X . . . . . ."
     ". . . . . . . . ."},
    {"everything lives when nothing is left",
     ". X X O ."
     "X X X O O"
     ". X O O ."
     "X X O . O"
     ". X O O ."},
    {"a rabbity six with the vital point taken",
     "O O O O O O . . ."
     "O x x x x x O . ."
     "O x . . x x O . ."
     "O x . O . x O O O"
     "O x x . x x O X X"
     "O O x x x O O X ."
     "X O O O O O X X X"
     "X X X X X X X . ."
     ". . . . . . . . ."},
};

struct Position {
  int side = 0;
  std::vector<Action> black;
  std::vector<Action> white;
  std::string marks;  // One letter a cell.
};

Position Read(std::string_view rows) {
  Position position;
  for (const char c : rows) {
    if (c != ' ') position.marks += c;
  }
  while (position.side * position.side < std::ssize(position.marks)) ++position.side;
  for (int cell = 0; cell < std::ssize(position.marks); ++cell) {
    const char c = position.marks[cell];
    if (c == 'X' || c == 'x' || c == 'B') position.black.push_back(cell);
    if (c == 'O' || c == 'o' || c == 'W') position.white.push_back(cell);
  }
  return position;
}

// The same position turned by a quarter `turns` times, colours exchanged when asked.
std::string Turned(std::string_view rows, int turns, bool exchange) {
  std::string marks = Read(rows).marks;
  const int side = Read(rows).side;
  for (; turns > 0; --turns) {
    std::string turned = marks;
    for (int cell = 0; cell < side * side; ++cell) {
      turned[(cell % side) * side + side - 1 - cell / side] = marks[cell];
    }
    marks = turned;
  }
  constexpr std::string_view kFrom = "XxBOoW";
  constexpr std::string_view kTo = "OoWXxB";
  for (char& c : marks) {
    if (exchange && kFrom.find(c) != std::string_view::npos) c = kTo[kFrom.find(c)];
  }
  return marks;
}

std::string Found(const Position& position) {
  const Geometry geometry(position.side, position.side);
  Board board(&geometry);
  board.SetUp(position.black, position.white);
  const auto status = FindFinalStatus(board);
  std::string found;
  for (int cell = 0; cell < board.cells(); ++cell) {
    const auto color = static_cast<int>(board.at(cell));
    found += status[cell] == StoneStatus::kDead   ? ".xo"[color]
             : status[cell] == StoneStatus::kSeki ? ".BW"[color]
                                                  : ".XO"[color];
  }
  return found;
}

std::string Rows(const std::string& marks, int side) {
  std::string rows = "\n";
  for (int i = 0; i < std::ssize(marks); ++i) {
    rows += marks[i];
    rows += (i + 1) % side == 0 ? '\n' : ' ';
  }
  return rows;
}

TEST(FinalStatus, FindsWhatIsKnownOfEveryPosition) {
  for (const Known& known : kKnown) {
    const Position position = Read(known.rows);
    EXPECT_EQ(Rows(Found(position), position.side), Rows(position.marks, position.side))
        << known.name;
  }
}

TEST(FinalStatus, DependsNeitherOnColorsNorOnTheSide) {
  for (const Known& known : kKnown) {
    for (int turns = 1; turns < 4; ++turns) {
      const Position position = Read(Turned(known.rows, turns, turns % 2 == 1));
      EXPECT_EQ(Rows(Found(position), position.side), Rows(position.marks, position.side))
          << known.name << ", turned " << turns;
    }
  }
}

TEST(FinalStatus, AsksTheNetworkOnlyAboutUnsettledChains) {
  // Both lone stones may still live or die; the two-eyed group may not.
  const Position position = Read(
      "X . X O . . ."
      ". X X O . . ."
      "X X O O . . ."
      "O O O . . . ."
      ". . . . . . ."
      ". . . . . x ."
      ". . . . . . .");
  const Geometry geometry(position.side, position.side);
  Board board(&geometry);
  board.SetUp(position.black, position.white);
  for (const float owner : {-0.95F, 0.95F}) {
    const std::vector<float> ownership(board.cells(), owner);
    const auto status = FindFinalStatus(board, {.ownership = ownership});
    EXPECT_EQ(status[0], StoneStatus::kAlive);
    EXPECT_EQ(status[40], owner < 0 ? StoneStatus::kDead : StoneStatus::kAlive);
  }
}

TEST(Life, KnowsWhatCannotBeTaken) {
  const Position position = Read(
      ". X . X . O ."
      "X X X X . O ."
      ". . . . . O O"
      ". . . . . . ."
      ". . . . . O O"
      ". x . . . O ."
      ". . . . . O .");
  const Geometry geometry(position.side, position.side);
  Board board(&geometry);
  board.SetUp(position.black, position.white);
  const SettledArea black = FindSettled(board, Color::kBlack);
  EXPECT_TRUE(black.stones.Contains(1) && black.stones.Contains(10));
  EXPECT_TRUE(black.area.Contains(0) && black.area.Contains(2));
  EXPECT_FALSE(black.area.Contains(4)) << "beside the group, not inside";
  EXPECT_FALSE(black.stones.Contains(36)) << "a lone stone";
  // White's corners have one eye space each: an opponent who may move twice can take them.
  EXPECT_TRUE(FindSettled(board, Color::kWhite).area.empty());
}

TEST(Life, CountsDeadStonesInsideAsArea) {
  // White's stone has no room for two eyes.
  const Position position = Read(
      ". X . o X"
      "X X X . X"
      ". X . X X"
      "X X X X ."
      ". X . X X");
  const Geometry geometry(position.side, position.side);
  Board board(&geometry);
  board.SetUp(position.black, position.white);
  const SettledArea black = FindSettled(board, Color::kBlack);
  for (int cell = 0; cell < board.cells(); ++cell) EXPECT_TRUE(black.area.Contains(cell)) << cell;
}

}  // namespace
}  // namespace tesuji::env::go
