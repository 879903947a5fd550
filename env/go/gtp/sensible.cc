#include "env/go/gtp/sensible.h"

#include <algorithm>
#include <utility>

#include "env/go/final_status.h"
#include "env/go/life.h"
#include "env/go/status_playout.h"

namespace tesuji::gtp {
namespace {

using env::go::Board;
using env::go::Color;
using env::go::GoState;

// Mean ownership from which an area counts as the player's own, or as the opponent's.
constexpr float kOwnArea = 0.7F;
constexpr float kTheirArea = 0.9F;

template <class Test>
bool AnyNeighbor(const Board& board, int cell, Test test) {
  for (const int neighbor : board.geometry().neighbors(cell)) {
    if (neighbor < board.cells() && test(neighbor)) return true;
  }
  return false;
}

// An eye of `color` whose chains need no stone there: none of them is in atari.
bool IsSafeEye(const Board& board, int cell, Color color) {
  return board.IsEyeOf(cell, color) &&
         !AnyNeighbor(board, cell, [&](int neighbor) { return board.Liberties(neighbor, 2) == 1; });
}

bool TouchesEnemy(const Board& board, int cell, Color color) {
  return AnyNeighbor(board, cell,
                     [&](int neighbor) { return board.at(neighbor) == Opponent(color); });
}

// Cells from which stones of the opponent can be reached without crossing own stones.
std::vector<bool> NearEnemies(const Board& board, Color color) {
  std::vector<bool> near(board.cells(), false);
  std::vector<int> open;
  for (int cell = 0; cell < board.cells(); ++cell) {
    if (board.at(cell) != Opponent(color)) continue;
    near[cell] = true;
    open.push_back(cell);
  }
  while (!open.empty()) {
    const int cell = open.back();
    open.pop_back();
    for (const int neighbor : board.geometry().neighbors(cell)) {
      if (neighbor >= board.cells() || near[neighbor] || board.at(neighbor) == color) continue;
      near[neighbor] = true;
      open.push_back(neighbor);
    }
  }
  return near;
}

}  // namespace

std::vector<bool> SensibleCells(const GoState& state, Color color, bool lost) {
  const Board& board = state.board();
  const auto own = FindSettled(board, color).area;
  const auto theirs = FindSettled(board, Opponent(color)).area;
  const std::vector<bool> near = NearEnemies(board, color);
  std::vector<float> ownership;
  if (lost) {
    constexpr int kPlayouts = 200;
    ownership = env::go::PlayoutOwnership(board, Opponent(color), kPlayouts);
  }
  std::vector<bool> sensible(board.cells(), false);
  for (int cell = 0; cell < board.cells(); ++cell) {
    if (board.at(cell) != Color::kEmpty || theirs.Contains(cell)) continue;
    if (own.Contains(cell) && !near[cell]) continue;
    if (IsSafeEye(board, cell, color)) continue;
    if (lost) {
      const float owner = color == Color::kBlack ? ownership[cell] : -ownership[cell];
      if (owner < -kTheirArea || IsBadAtari(board, cell, color)) continue;
      if (owner > kOwnArea && !TouchesEnemy(board, cell, color)) continue;
    }
    sensible[cell] = true;
  }
  return sensible;
}

std::vector<env::Action> CapturingMoves(const GoState& state, Color color,
                                        std::span<const env::Action> dead) {
  const Board& board = state.board();
  std::vector<std::pair<int, env::Action>> ranked;  // By the liberties that the chain still has.
  const auto add = [&](int cell, int rank) {
    if (board.at(cell) != Color::kEmpty || IsSafeEye(board, cell, color)) return;
    if (state.Check(cell, color) != env::go::Legality::kLegal) return;
    const bool takes = AnyNeighbor(board, cell, [&](int neighbor) {
      return board.at(neighbor) == Opponent(color) && board.Liberties(neighbor, 2) == 1;
    });
    if (!takes && IsBadAtari(board, cell, color)) return;
    ranked.emplace_back(rank, cell);
  };
  for (const env::Action stone : dead) {
    if (board.at(stone) != Opponent(color)) continue;
    constexpr int kFar = 10;
    const int liberties = board.Liberties(stone, 8);
    for (const int beside : board.geometry().neighbors(stone)) {
      if (beside >= board.cells() || board.at(beside) != Color::kEmpty) continue;
      add(beside, liberties);
      for (const int next : board.geometry().neighbors(beside)) {
        if (next < board.cells()) add(next, kFar + liberties);
      }
    }
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<int, env::Action>::first);
  std::vector<env::Action> moves;
  for (const auto& [rank, cell] : ranked) {
    if (std::ranges::find(moves, cell) == moves.end()) moves.push_back(cell);
  }
  return moves;
}

}  // namespace tesuji::gtp
