// The small games against published counts and second, naive implementations of their rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "api/board_symmetries.h"
#include "api/record.h"
#include "cli/families.h"
#include "core/random.h"

namespace tesuji::env {
namespace {

using testing::HasSubstr;

std::unique_ptr<const Environment> Make(std::string_view id,
                                        const Json& parameters = Json::object()) {
  return BuiltInEnvironments().Make(id, parameters).value();
}
std::unique_ptr<State> Start(const Environment& environment) {
  return environment.NewState({.id = "start"}).value();
}
std::string Why(const Environment& environment, std::string_view artifact) {
  const auto read = environment.FromArtifact(artifact);
  return read ? "understood" : read.error().message;
}

// Sequences of `depth` actions; those that end earlier do not count.
long Perft(const State& state, int depth) {
  if (depth == 0) return 1;
  if (state.phase() != Phase::kOngoing) return 0;
  std::vector<Action> legal;
  state.LegalActions(&legal);
  long count = 0;
  for (const Action action : legal) {
    const auto next = state.Clone();
    next->Apply(action);
    count += Perft(*next, depth - 1);
  }
  return count;
}

// Different positions after exactly `depth` moves, ended ones included but not played on.
std::vector<std::size_t> PositionsByDepth(const State& start, int depth) {
  std::map<Key128, std::unique_ptr<State>> level;
  level[start.Fingerprint()] = start.Clone();
  std::vector<std::size_t> counts;
  for (int ply = 0; ply <= depth; ++ply) {
    counts.push_back(level.size());
    std::map<Key128, std::unique_ptr<State>> next_level;
    std::vector<Action> legal;
    for (const auto& [key, state] : level) {
      if (state->phase() != Phase::kOngoing) continue;
      state->LegalActions(&legal);
      for (const Action action : legal) {
        auto next = state->Clone();
        next->Apply(action);
        next_level.try_emplace(next->Fingerprint(), std::move(next));
      }
    }
    level = std::move(next_level);
  }
  return counts;
}

// Cells from the first of two planes of an observation that holds the mover's stones, as 'X' (the
// first player) and 'O': reads the position through the interface alone.
std::string Cells(const Environment& environment, const State& state) {
  std::vector<float> planes(environment.spec().observation.size());
  state.Encode(planes);
  const int cells = environment.spec().observation.cells();
  const bool first = state.to_play() == Player::kFirst;
  std::string board(cells, '.');
  for (int cell = 0; cell < cells; ++cell) {
    if (planes[cell] == 1) board[cell] = first ? 'X' : 'O';
    if (planes[cells + cell] == 1) board[cell] = first ? 'O' : 'X';
  }
  return board;
}

// Whether `who` has `line` in a row anywhere: looks at every cell and direction.
bool NaiveLine(const std::string& board, int width, int line, char who) {
  const int height = static_cast<int>(board.size()) / width;
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      for (const auto& [down, right] : {std::pair{0, 1}, {1, 0}, {1, 1}, {1, -1}}) {
        int run = 0;
        for (int i = 0; i < line; ++i) {
          const int r = row + i * down;
          const int c = column + i * right;
          if (r < height && c >= 0 && c < width && board[r * width + c] == who) ++run;
        }
        if (run == line) return true;
      }
    }
  }
  return false;
}

// Plays random games and compares the end with the naive look at the board.
void CompareLines(const Environment& environment, int width, int line, int games) {
  RandomStream random(std::uint64_t{7});
  int wins = 0;
  std::vector<Action> legal;
  for (int game = 0; game < games; ++game) {
    const auto state = Start(environment);
    while (state->phase() == Phase::kOngoing) {
      const std::string board = Cells(environment, *state);
      ASSERT_FALSE(NaiveLine(board, width, line, 'X') || NaiveLine(board, width, line, 'O'))
          << state->ToText();
      state->LegalActions(&legal);
      state->Apply(legal[random.Below(legal.size())]);
    }
    const std::string board = Cells(environment, *state);
    const bool first = NaiveLine(board, width, line, 'X');
    const bool second = NaiveLine(board, width, line, 'O');
    ASSERT_EQ(state->Value(), first ? 1 : second ? -1 : 0) << state->ToText();
    ASSERT_EQ(state->Termination() == "full", !first && !second);
    wins += first || second ? 1 : 0;
  }
  EXPECT_GT(wins, games / 10) << "too few wins to say anything";
}

TEST(ConnectFour, HasThePublishedNumberOfPositionsAtEachDepth) {
  // OEIS A212693.
  EXPECT_THAT(PositionsByDepth(*Start(*Make("connect4")), 8),
              testing::ElementsAre(1, 7, 49, 238, 1120, 4263, 16422, 54859, 184275));
}

TEST(ConnectFour, EndsWhenANaiveLookFindsALine) { CompareLines(*Make("connect4"), 7, 4, 2000); }

// Holds the last three planes of a Connect Four observation against a naive look at the board;
// returns how many empty cells would give a four.
int CompareFoursAndRows(const Environment& environment, const State& state) {
  std::vector<float> planes(environment.spec().observation.size());
  state.Encode(planes);
  const std::string board = Cells(environment, state);
  const bool first = state.to_play() == Player::kFirst;
  int fours = 0;
  for (int cell = 0; cell < 42; ++cell) {
    const int row_from_below = 6 - cell / 7;
    EXPECT_EQ(planes[4 * 42 + cell], (row_from_below % 2 == 1) == first) << cell;
    for (const bool mine : {true, false}) {
      const char who = mine == first ? 'X' : 'O';
      std::string with = board;
      with[cell] = who;
      const bool four = board[cell] == '.' && NaiveLine(with, 7, 4, who);
      EXPECT_EQ(planes[(mine ? 2 : 3) * 42 + cell], four) << state.ToText() << cell;
      fours += four ? 1 : 0;
    }
  }
  return fours;
}

TEST(ConnectFour, ShowsTheNetworkWhereFoursWouldBeAndWhoseRowsAreWhose) {
  const auto environment = Make("connect4");
  ASSERT_EQ(environment->spec().observation.size(), 7 * 42);
  RandomStream random(std::uint64_t{8});
  std::vector<Action> legal;
  int fours = 0;
  for (int game = 0; game < 200; ++game) {
    const auto state = Start(*environment);
    while (state->phase() == Phase::kOngoing) {
      fours += CompareFoursAndRows(*environment, *state);
      ASSERT_FALSE(HasFailure());
      state->LegalActions(&legal);
      state->Apply(legal[random.Below(legal.size())]);
    }
  }
  EXPECT_GT(fours, 1000) << "too few to say anything";
}

// The same rules of thumb on text: each move is judged by what it does, one by one.
float NaivePlayOut(std::string board, char who, const std::string& order) {
  int last = -1;
  for (float sign = 1;; sign = -sign, who = who == 'X' ? 'O' : 'X') {
    const char other = who == 'X' ? 'O' : 'X';
    const auto makes_line = [&](int cell, char stone) {
      std::string with = board;
      if (cell >= 0 && with[cell] == '.') with[cell] = stone;
      return NaiveLine(with, 7, 4, stone);
    };
    std::vector<bool> best;
    int move = -1;
    for (const char name : order) {
      int cell = 35 + name - '1';
      while (cell >= 0 && board[cell] != '.') cell -= 7;
      if (cell < 0) continue;
      const std::vector<bool> good = {makes_line(cell, who), makes_line(cell, other),
                                      !makes_line(cell - 7, other), !makes_line(cell - 7, who),
                                      cell + 7 == last};
      if (move < 0 || good > best) {
        best = good;
        move = cell;
      }
    }
    if (move < 0) return 0;
    board[move] = who;
    if (best[0]) return sign;
    last = move;
  }
}

TEST(ConnectFour, ShowsTheNetworkHowPlayoutsByRuleOfThumbEnd) {
  const auto environment = Make("connect4");
  RandomStream random(std::uint64_t{9});
  std::vector<Action> legal;
  std::vector<float> planes(environment->spec().observation.size());
  std::map<float, int> ends;
  for (int game = 0; game < 60; ++game) {
    const auto state = Start(*environment);
    while (state->phase() == Phase::kOngoing) {
      state->Encode(planes);
      const std::string board = Cells(*environment, *state);
      const char who = state->to_play() == Player::kFirst ? 'X' : 'O';
      const float middle =
          (NaivePlayOut(board, who, "4352617") + NaivePlayOut(board, who, "4536271")) / 2;
      const float edges =
          (NaivePlayOut(board, who, "1726354") + NaivePlayOut(board, who, "7162534")) / 2;
      for (const int cell : {0, 17, 41}) {
        ASSERT_EQ(planes[5 * 42 + cell], middle) << state->ToText();
        ASSERT_EQ(planes[6 * 42 + cell], edges) << state->ToText();
      }
      ++ends[edges];
      state->LegalActions(&legal);
      state->Apply(legal[random.Below(legal.size())]);
    }
  }
  EXPECT_EQ(ends.size(), 5U) << "won, lost, drawn and what lies between";
}

TEST(ConnectFour, RefusesFullColumnsAndMovesAfterTheEnd) {
  const auto environment = Make("connect4");
  EXPECT_THAT(Why(*environment, "1 1 1 1 1 1 1"), HasSubstr("move 7: \"1\" is not legal here"));
  EXPECT_THAT(Why(*environment, "1 2 1 2 1 2 1 2"), HasSubstr("move 8: \"2\" comes after the end"));
  EXPECT_THAT(Why(*environment, "8"), HasSubstr("move 1"));
  EXPECT_EQ(environment->FromArtifact("1 2 1 2 1 2 1").value()->Value(), 1);
  EXPECT_EQ(environment->FromArtifact("4 1 2 1 2 1 2 1").value()->Termination(), "four");
}

TEST(Othello, HasThePublishedNumberOfGamesAtEachDepth) {
  const auto environment = Make("othello");
  const std::vector<long> known = {1, 4, 12, 56, 244, 1396, 8200, 55092, 390216};
  for (int depth = 0; depth < std::ssize(known); ++depth) {
    EXPECT_EQ(Perft(*Start(*environment), depth), known[depth]) << depth;
  }
}

// Turns discs over one by one along each ray.
std::string NaiveOthello(std::string board, int cell, char who) {
  const char other = who == 'X' ? 'O' : 'X';
  for (int down = -1; down <= 1; ++down) {
    for (int right = -1; right <= 1; ++right) {
      std::vector<int> run;
      int row = cell / 8 + down;
      int column = cell % 8 + right;
      const auto inside = [&] { return row >= 0 && row < 8 && column >= 0 && column < 8; };
      while ((down != 0 || right != 0) && inside() && board[row * 8 + column] == other) {
        run.push_back(row * 8 + column);
        row += down;
        column += right;
      }
      if (run.empty() || !inside() || board[row * 8 + column] != who) continue;
      for (const int turned : run) board[turned] = who;
      board[cell] = who;
    }
  }
  return board;
}

TEST(Othello, PlaysAsANaiveImplementationDoes) {
  const auto environment = Make("othello");
  RandomStream random(std::uint64_t{11});
  int passes = 0;
  std::vector<Action> legal;
  for (int game = 0; game < 300; ++game) {
    const auto state = Start(*environment);
    std::string board = Cells(*environment, *state);
    while (state->phase() == Phase::kOngoing) {
      const char who = state->to_play() == Player::kFirst ? 'X' : 'O';
      std::vector<Action> expected;
      for (int cell = 0; cell < 64; ++cell) {
        if (board[cell] == '.' && NaiveOthello(board, cell, who) != board) expected.push_back(cell);
      }
      if (expected.empty()) expected.push_back(64);
      state->LegalActions(&legal);
      ASSERT_EQ(legal, expected) << state->ToText();
      const Action action = legal[random.Below(legal.size())];
      passes += action == 64 ? 1 : 0;
      if (action != 64) board = NaiveOthello(board, action, who);
      state->Apply(action);
      ASSERT_EQ(Cells(*environment, *state), board) << state->ToText();
    }
    const auto difference = std::ranges::count(board, 'X') - std::ranges::count(board, 'O');
    ASSERT_EQ(state->Targets().score, static_cast<float>(difference));
    ASSERT_EQ(state->Value() > 0, difference > 0);
  }
  EXPECT_GT(passes, 50) << "too few passes to say anything";
}

TEST(Mnk, On3x3IsTicTacToe) {
  const auto environment = Make("mnk", {{"width", 3}, {"height", 3}, {"line", 3}});
  // Games of exactly so many moves and those that go on: summed over ends they are 255168.
  const auto start = Start(*environment);
  const std::vector<long> known = {1, 9, 72, 504, 3024, 15120, 54720, 148176, 200448, 127872};
  for (int depth = 0; depth < std::ssize(known); ++depth) {
    EXPECT_EQ(Perft(*start, depth), known[depth]) << depth;
  }
}

TEST(Mnk, EndsWhenANaiveLookFindsALine) {
  CompareLines(*Make("mnk", {{"width", 5}, {"height", 4}, {"line", 4}}), 5, 4, 1000);
  CompareLines(*Make("mnk", {{"width", 15}, {"height", 15}, {"line", 5}}), 15, 5, 50);
}

TEST(Mnk, RefusesLinesThatFitNowhere) {
  const auto made = BuiltInEnvironments().Make("mnk", {{"width", 3}, {"height", 4}, {"line", 5}});
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().message, HasSubstr("line = 5: no such line fits on 3 x 4 cells"));
}

// Pulls tiles one cell at a time until nothing moves, merging pairs that have not merged yet.
std::vector<int> Naive2048(std::vector<int> tiles, int down, int right, int* points) {
  std::vector<bool> merged(16, false);
  for (bool moved = true; moved;) {
    moved = false;
    for (int i = 0; i < 16; ++i) {
      // Nearest the edge first.
      const int cell = down + right > 0 ? 15 - i : i;
      const int row = cell / 4 + down;
      const int column = cell % 4 + right;
      if (tiles[cell] == 0 || row < 0 || row > 3 || column < 0 || column > 3) continue;
      const int to = row * 4 + column;
      if (tiles[to] == 0) {
        std::swap(tiles[to], tiles[cell]);
        merged[to] = merged[cell];
        merged[cell] = false;
        moved = true;
      } else if (tiles[to] == tiles[cell] && !merged[to] && !merged[cell]) {
        tiles[to] *= 2;
        *points += tiles[to];
        tiles[cell] = 0;
        merged[to] = true;
        moved = true;
      }
    }
  }
  return tiles;
}

std::vector<int> Tiles(const State& state) {
  std::vector<int> numbers;
  std::istringstream text(state.Artifact());
  for (int number = 0; text >> number;) numbers.push_back(number);
  return numbers;
}

TEST(Game2048, SlidesAsANaiveImplementationDoes) {
  const auto environment = Make("2048");
  RandomStream random(std::uint64_t{3});
  constexpr int kDown[] = {-1, 0, 1, 0};
  constexpr int kRight[] = {0, 1, 0, -1};
  std::vector<Action> legal;
  std::vector<ChanceOutcome> outcomes;
  for (int game = 0; game < 20; ++game) {
    const auto state = Start(*environment);
    while (state->phase() == Phase::kOngoing) {
      if (state->to_play() == Player::kChance) {
        state->ChanceOutcomes(&outcomes);
        const auto numbers = Tiles(*state);
        ASSERT_EQ(std::ssize(outcomes), 2 * std::count(numbers.begin(), numbers.begin() + 16, 0));
        state->Apply(outcomes[random.Below(outcomes.size())].action);
        continue;
      }
      const auto before = Tiles(*state);
      const std::vector<int> tiles(before.begin(), before.begin() + 16);
      state->LegalActions(&legal);
      std::vector<Action> expected;
      for (int direction = 0; direction < 4; ++direction) {
        int points = 0;
        const auto slid = Naive2048(tiles, kDown[direction], kRight[direction], &points);
        if (slid == tiles) continue;
        expected.push_back(32 + direction);
        const auto next = state->Clone();
        next->Apply(32 + direction);
        const auto after = Tiles(*next);
        ASSERT_EQ(std::vector<int>(after.begin(), after.begin() + 16), slid)
            << state->ToText() << next->ActionToText(32 + direction);
        ASSERT_EQ(after[16] - before[16], points);
      }
      ASSERT_EQ(legal, expected) << state->ToText();
      state->Apply(legal[random.Below(legal.size())]);
    }
    EXPECT_EQ(state->Termination(), "stuck");
  }
}

TEST(Game2048, MergesEachTileOnce) {
  const auto state = Make("2048")->FromArtifact("2 2 4 0 4 4 4 4 0 2 0 2 0 0 0 0 0 0 0").value();
  state->Apply(35);
  EXPECT_EQ(state->Artifact(), "4 4 0 0 8 8 0 0 4 0 0 0 0 0 0 0 24 1 1");
}

TEST(Game2048, ShowsTilesAndTheOddsOfItsScore) {
  const auto environment = Make("2048");
  std::vector<float> planes(environment->spec().observation.size());
  environment->FromArtifact("2 0 0 0 0 0 0 0 0 0 0 0 512 256 128 0 4000 300 0")
      .value()
      ->Encode(planes);
  EXPECT_EQ(planes[1 * 16 + 0], 1);
  EXPECT_EQ(planes[9 * 16 + 12], 1);
  EXPECT_EQ(std::count(planes.begin(), planes.begin() + 16 * 16, 1.0F), 16) << "one a cell";
  // The value the episode would have if it ended here is (4000 - 8000) / (4000 + 8000).
  ASSERT_EQ(environment->spec().value_anchor_plane, 16);
  const float value = (4000.0F - 8000.0F) / (4000.0F + 8000.0F);
  EXPECT_FLOAT_EQ(planes[16 * 16], (1 + value) / (1 - value));
}

TEST(Game2048, RefusesImpossiblePositions) {
  const auto environment = Make("2048");
  EXPECT_THAT(Why(*environment, "2 2"), HasSubstr("expected 19 numbers"));
  EXPECT_THAT(Why(*environment, "3 2 4 0 4 4 4 4 0 2 0 2 0 0 0 0 0 0 0"), HasSubstr("not a tile"));
  EXPECT_THAT(Why(*environment, "2 2 4 2 4 4 4 4 2 2 2 2 2 2 2 2 0 0 1"), HasSubstr("range"));
}

TEST(PlayRecord, TakesAnySpaceAndNamesTheMoveThatIsWrong) {
  const auto environment = Make("othello");
  EXPECT_EQ(environment->FromArtifact("\n d3\tc5 ").value()->Artifact(), "d3 c5 ");
  EXPECT_THAT(Why(*environment, "d3 c5 d3"), HasSubstr("move 3: \"d3\" is not legal here"));
}

TEST(BoardSymmetries, AreEightOfASquareAndFourOfARectangle) {
  EXPECT_EQ(BoardSymmetries(3, 3, {1, 0}).size(), 8U);
  EXPECT_EQ(BoardSymmetries(3, 4, {2, 1}).size(), 4U);
  EXPECT_EQ(BoardSymmetries(1, 4, {1, 0}).size(), 2U);
  EXPECT_EQ(BoardSymmetries(3, 4, {2, 1})[3].actions.size(), 25U);
}

}  // namespace
}  // namespace tesuji::env
