#include "tests/env/naive_go.h"

#include <algorithm>
#include <set>

namespace tesuji::env::go {

NaiveGo::NaiveGo(const Rules& rules, float komi)
    : rules_(rules), komi_(komi), board_(rules.cells(), '.') {
  past_.emplace_back(board_, to_play_);
}

std::vector<int> NaiveGo::Neighbors(int cell) const {
  std::vector<int> result;
  const int row = cell / rules_.width;
  const int column = cell % rules_.width;
  if (row > 0) result.push_back(cell - rules_.width);
  if (row + 1 < rules_.height) result.push_back(cell + rules_.width);
  if (column > 0) result.push_back(cell - 1);
  if (column + 1 < rules_.width) result.push_back(cell + 1);
  return result;
}

std::vector<int> NaiveGo::Region(const std::string& board, int cell) const {
  std::set<int> seen = {cell};
  std::vector<int> region = {cell};
  for (std::size_t i = 0; i < region.size(); ++i) {
    for (const int neighbor : Neighbors(region[i])) {
      if (board[neighbor] == board[cell] && seen.insert(neighbor).second) {
        region.push_back(neighbor);
      }
    }
  }
  return region;
}

int NaiveGo::CountLiberties(const std::string& board, int cell) const {
  std::set<int> liberties;
  for (const int stone : Region(board, cell)) {
    for (const int neighbor : Neighbors(stone)) {
      if (board[neighbor] == '.') liberties.insert(neighbor);
    }
  }
  return static_cast<int>(liberties.size());
}

int NaiveGo::Liberties(int cell) const { return CountLiberties(board_, cell); }

NaiveGo::Outcome NaiveGo::Place(int cell) const {
  Outcome outcome{.board = board_};
  outcome.board[cell] = to_play_;
  const char opponent = to_play_ == 'X' ? 'O' : 'X';
  for (const int neighbor : Neighbors(cell)) {
    if (outcome.board[neighbor] != opponent || CountLiberties(outcome.board, neighbor) > 0) {
      continue;
    }
    for (const int stone : Region(outcome.board, neighbor)) {
      outcome.board[stone] = '.';
      ++outcome.opponents_taken;
    }
  }
  if (CountLiberties(outcome.board, cell) == 0) {
    for (const int stone : Region(outcome.board, cell)) {
      outcome.board[stone] = '.';
      ++outcome.own_taken;
    }
  }
  return outcome;
}

bool NaiveGo::IsLegal(int action) const {
  if (over_) return false;
  if (action == rules_.cells()) return true;
  if (board_[action] != '.') return false;
  const Outcome outcome = Place(action);
  if (outcome.own_taken > 0 && !rules_.suicide) return false;
  const char next = to_play_ == 'X' ? 'O' : 'X';
  const auto same = [&](const std::pair<std::string, char>& situation) {
    return situation.first == outcome.board &&
           (rules_.ko != KoRule::kSituational || situation.second == next);
  };
  // Simple ko compares with the present board and the one before the opponent's move.
  const std::size_t depth =
      rules_.ko == KoRule::kSimple ? std::min<std::size_t>(2, past_.size()) : past_.size();
  return std::none_of(past_.end() - static_cast<std::ptrdiff_t>(depth), past_.end(), same);
}

void NaiveGo::Play(int action) {
  if (action == rules_.cells()) {
    over_ = ++passes_ == 2;
  } else {
    passes_ = 0;
    const Outcome outcome = Place(action);
    board_ = outcome.board;
    (to_play_ == 'X' ? taken_by_black_ : taken_by_white_) += outcome.opponents_taken;
    (to_play_ == 'X' ? taken_by_white_ : taken_by_black_) += outcome.own_taken;
  }
  to_play_ = to_play_ == 'X' ? 'O' : 'X';
  past_.emplace_back(board_, to_play_);
  if (++moves_ == rules_.effective_move_limit()) over_ = true;
}

std::string NaiveGo::Owners() const {
  std::string owners = board_;
  for (int cell = 0; cell < rules_.cells(); ++cell) {
    if (board_[cell] != '.') continue;
    std::set<char> reached;
    for (const int empty : Region(board_, cell)) {
      for (const int neighbor : Neighbors(empty)) {
        if (board_[neighbor] != '.') reached.insert(board_[neighbor]);
      }
    }
    if (reached.size() == 1) owners[cell] = *reached.begin();
  }
  return owners;
}

float NaiveGo::Score() const {
  const std::string owners = Owners();
  return static_cast<float>(std::count(owners.begin(), owners.end(), 'X') -
                            std::count(owners.begin(), owners.end(), 'O')) -
         komi_;
}

}  // namespace tesuji::env::go
