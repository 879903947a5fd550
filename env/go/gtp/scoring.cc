#include "env/go/gtp/scoring.h"

namespace tesuji::gtp {
namespace {

using env::go::Board;
using env::go::Color;
using env::go::GoState;

float SideOf(Color color) { return color == Color::kBlack ? 1.0F : -1.0F; }

}  // namespace

float ScoreWithout(const GoState& state, std::span<const env::Action> dead) {
  int score = 0;
  for (const std::int8_t owner : AreaWithout(state, dead)) score += owner;
  return static_cast<float>(score) - state.komi();
}

std::vector<std::int8_t> AreaWithout(const GoState& state, std::span<const env::Action> dead) {
  const Board& board = state.board();
  std::vector<bool> removed(board.cells(), false);
  for (const env::Action cell : dead) removed[cell] = true;
  // A fresh board with the living stones only. They had liberties before, so none is captured.
  Board living(&board.geometry());
  for (int cell = 0; cell < board.cells(); ++cell) {
    if (board.at(cell) != Color::kEmpty && !removed[cell]) living.Play(cell, board.at(cell));
  }
  std::vector<std::int8_t> area(board.cells());
  living.Area(area);
  return area;
}

std::vector<env::Action> DeadStones(std::span<const env::go::StoneStatus> statuses) {
  std::vector<env::Action> dead;
  for (std::size_t cell = 0; cell < statuses.size(); ++cell) {
    if (statuses[cell] == env::go::StoneStatus::kDead)
      dead.push_back(static_cast<env::Action>(cell));
  }
  return dead;
}

bool PassWins(const GoState& state, Color color) {
  if (state.moves().empty() || state.moves().back().action != state.rules().pass() ||
      state.moves().back().color != Opponent(color)) {
    return false;
  }
  return state.Score() * SideOf(color) > 0;
}

}  // namespace tesuji::gtp
