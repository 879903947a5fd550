#include "env/go/gtp/scoring.h"

#include <algorithm>
#include <cmath>

namespace tesuji::gtp {
namespace {

using env::go::Board;
using env::go::Color;
using env::go::GoState;

float SideOf(Color color) { return color == Color::kBlack ? 1.0F : -1.0F; }

// Every liberty of the chain is also one of a living chain of the opponent, and nobody's area.
bool InSeki(const GoState& state, int head, std::span<const float> ownership,
            const std::vector<StoneStatus>& statuses) {
  constexpr float kNobody = 0.4F;
  const Board& board = state.board();
  const Color color = board.at(head);
  for (const int stone : board.Chain(head)) {
    for (const int liberty : board.geometry().neighbors(stone)) {
      if (liberty >= board.cells() || board.at(liberty) != Color::kEmpty) continue;
      if (std::abs(ownership[liberty]) > kNobody) return false;
      bool shared = false;
      for (const int other : board.geometry().neighbors(liberty)) {
        shared = shared || (other < board.cells() && board.at(other) == Opponent(color) &&
                            statuses[other] == StoneStatus::kAlive);
      }
      if (!shared) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<StoneStatus> StoneStatuses(const GoState& state, std::span<const float> ownership,
                                       float threshold) {
  const Board& board = state.board();
  std::vector<StoneStatus> statuses(board.cells(), StoneStatus::kAlive);
  if (ownership.size() != statuses.size()) return statuses;
  const auto set_chain = [&](int head, StoneStatus status) {
    for (const int cell : board.Chain(head)) statuses[cell] = status;
  };
  for (int head = 0; head < board.cells(); ++head) {
    if (!board.IsHead(head)) continue;
    float sum = 0;
    for (const int cell : board.Chain(head)) sum += ownership[cell];
    const float mean = sum / static_cast<float>(board.ChainSize(head));
    if (mean * SideOf(board.at(head)) < -threshold) set_chain(head, StoneStatus::kDead);
  }
  std::vector<int> seki;  // Found first, marked after: a chain's partner must still look alive.
  for (int head = 0; head < board.cells(); ++head) {
    if (board.IsHead(head) && statuses[head] == StoneStatus::kAlive &&
        InSeki(state, head, ownership, statuses)) {
      seki.push_back(head);
    }
  }
  for (const int head : seki) set_chain(head, StoneStatus::kSeki);
  return statuses;
}

float ScoreWithout(const GoState& state, std::span<const env::Action> dead) {
  const Board& board = state.board();
  std::vector<bool> removed(board.cells(), false);
  for (const env::Action cell : dead) removed[cell] = true;
  // A fresh board with the living stones only. They had liberties before, so none is captured.
  Board living(&board.geometry());
  for (int cell = 0; cell < board.cells(); ++cell) {
    if (board.at(cell) != Color::kEmpty && !removed[cell]) living.Play(cell, board.at(cell));
  }
  return static_cast<float>(living.AreaScore()) - state.komi();
}

std::vector<env::Action> DeadStones(std::span<const StoneStatus> statuses) {
  std::vector<env::Action> dead;
  for (std::size_t cell = 0; cell < statuses.size(); ++cell) {
    if (statuses[cell] == StoneStatus::kDead) dead.push_back(static_cast<env::Action>(cell));
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
