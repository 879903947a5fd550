#include "env/go/status_playout.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace tesuji::env::go {
namespace {

constexpr int kNone = -1;

// Neighbours within the set, for each of its cells; sorted.
std::vector<int> Degrees(const Geometry& geometry, const std::vector<int>& cells) {
  std::vector<int> degrees;
  for (const int cell : cells) {
    degrees.push_back(
        static_cast<int>(std::ranges::count_if(geometry.neighbors(cell), [&](int neighbor) {
          return std::ranges::find(cells, neighbor) != cells.end();
        })));
  }
  std::ranges::sort(degrees);
  return degrees;
}

// Whoever takes stones of this shape can't make two eyes on their cells when the other side plays
// first there.
bool IsKillingShape(const Geometry& geometry, const std::vector<int>& cells) {
  if (cells.size() <= 3) return true;
  const std::vector<int> degrees = Degrees(geometry, cells);
  using Shape = std::vector<int>;
  return degrees == Shape{2, 2, 2, 2} ||      // Square four.
         degrees == Shape{1, 1, 1, 3} ||      // Pyramid four.
         degrees == Shape{1, 2, 2, 2, 3} ||   // Bulky five.
         degrees == Shape{1, 1, 1, 1, 4} ||   // Crossed five.
         degrees == Shape{1, 1, 2, 2, 2, 4};  // Rabbity six.
}

// What moves would lead to; remembers the last one's chain.
class Tactics {
 public:
  explicit Tactics(const Board& board) : board_(board) {}

  struct Outcome {
    int liberties = 0;  // Of the chain it makes; counted up to 2.
    int captured = 0;
  };

  // Fills own_ with the chain that the move would make.
  Outcome After(int cell, Color color) {
    const auto& geometry = board_.geometry();
    Outcome outcome;
    own_.assign(1, cell);
    std::array<int, 4> taken{};
    int takes = 0;
    for (const int beside : geometry.neighbors(cell)) {
      if (beside >= board_.cells()) continue;
      if (board_.at(beside) == color) {
        if (std::ranges::find(own_, beside) == own_.end()) AddChain(beside);
      } else if (board_.at(beside) == Opponent(color) && board_.Liberties(beside, 2) == 1) {
        outcome.captured += board_.ChainSize(beside);
        taken[takes++] = beside;
      }
    }
    int found = -1;
    for (const int stone : own_) {
      for (const int neighbor : geometry.neighbors(stone)) {
        if (neighbor >= board_.cells() || neighbor == cell || neighbor == found) continue;
        if (board_.at(neighbor) == color) continue;
        if (board_.at(neighbor) != Color::kEmpty &&
            !IsTaken(neighbor, {taken.data(), taken.data() + takes})) {
          continue;
        }
        if (found >= 0) {
          outcome.liberties = 2;
          return outcome;
        }
        found = neighbor;
      }
    }
    outcome.liberties = found >= 0 ? 1 : 0;
    return outcome;
  }

  // Leaves a chain in atari for nothing: it takes nothing, and its stones don't kill.
  bool IsBadAtari(int cell, Color color) {
    int empty = 0;
    for (const int beside : board_.geometry().neighbors(cell)) {
      if (beside < board_.cells() && board_.at(beside) == Color::kEmpty) ++empty;
    }
    if (empty >= 2) return false;
    const Outcome outcome = After(cell, color);
    if (outcome.liberties >= 2 || outcome.captured > 0) return false;
    return !IsKillingShape(board_.geometry(), own_);
  }

 private:
  bool IsTaken(int cell, std::span<const int> taken) const {
    for (const int chain : taken) {
      int stone = chain;
      do {
        if (stone == cell) return true;
        stone = board_.NextInChain(stone);
      } while (stone != chain);
    }
    return false;
  }

  void AddChain(int chain) {
    int stone = chain;
    do {
      own_.push_back(stone);
      stone = board_.NextInChain(stone);
    } while (stone != chain);
  }

  const Board& board_;
  std::vector<int> own_;
};

class PlayoutGame {
 public:
  PlayoutGame(Board* board, const CellSet& closed, RandomStream* random)
      : board_(*board), closed_(closed), random_(*random), tactics_(*board) {}

  void Run(const PlayoutStart& start, std::vector<PlayedMove>* played) {
    Color color = start.first;
    ko_cell_ = start.ko_cell;
    int passes = 0;
    for (int moves = 3 * board_.cells(); moves > 0 && passes < 2; --moves) {
      const int move = Choose(color);
      if (move == kNone) {
        ++passes;
        ko_cell_ = -1;
      } else {
        passes = 0;
        ko_cell_ = board_.Play(move, color).ko_cell;
      }
      last_ = move;
      if (played != nullptr) played->push_back({move, color});
      color = Opponent(color);
    }
  }

 private:
  int Choose(Color color) {
    if (last_ != kNone && board_.at(last_) == Opponent(color)) {
      const int reply = Reply(color);
      if (reply != kNone) return reply;
    }
    const int count = board_.empty_count();
    if (count == 0) return kNone;
    const auto first = static_cast<int>(random_.Below(count));
    for (int i = 0; i < count; ++i) {
      const int cell = board_.empty_cell(first + i < count ? first + i : first + i - count);
      if (MakesSense(cell, color)) return cell;
    }
    return kNone;
  }

  // Takes what the last move put into atari, or saves what it attacked.
  int Reply(Color color) {
    if (board_.Liberties(last_, 2) == 1) {
      const int cell = LastLiberty(last_);
      if (Allowed(cell, color) && !tactics_.IsBadAtari(cell, color)) return cell;
    }
    for (const int beside : board_.geometry().neighbors(last_)) {
      if (beside >= board_.cells() || board_.at(beside) != color) continue;
      if (board_.Liberties(beside, 2) != 1) continue;
      const int move = Save(beside, color);
      if (move != kNone) return move;
    }
    return VitalPoint(color);
  }

  // Takes an attacker of the chain that is in atari itself, or extends.
  int Save(int chain, Color color) {
    const auto& geometry = board_.geometry();
    int stone = chain;
    do {
      for (const int beside : geometry.neighbors(stone)) {
        if (beside >= board_.cells() || board_.at(beside) != Opponent(color)) continue;
        if (board_.Liberties(beside, 2) != 1) continue;
        const int cell = LastLiberty(beside);
        if (Allowed(cell, color) && !tactics_.IsBadAtari(cell, color)) return cell;
      }
      stone = board_.NextInChain(stone);
    } while (stone != chain);
    const int cell = LastLiberty(chain);
    if (!Allowed(cell, color) || tactics_.After(cell, color).liberties < 2) return kNone;
    return cell;
  }

  int LastLiberty(int chain) const {
    int stone = chain;
    do {
      for (const int neighbor : board_.geometry().neighbors(stone)) {
        if (neighbor < board_.cells() && board_.at(neighbor) == Color::kEmpty) return neighbor;
      }
      stone = board_.NextInChain(stone);
    } while (stone != chain);
    return kNone;
  }

  bool Allowed(int cell, Color color) const {
    return cell != ko_cell_ && !closed_.Contains(cell) && !board_.IsSuicide(cell, color);
  }

  bool MakesSense(int cell, Color color) {
    return !board_.IsEyeOf(cell, color) && Allowed(cell, color) &&
           !tactics_.IsBadAtari(cell, color);
  }

  // The point that decides whether a small space beside the last move becomes one eye or two.
  int VitalPoint(Color color) {
    constexpr std::size_t kMostCells = 6;
    const auto& geometry = board_.geometry();
    for (const int start : geometry.neighbors(last_)) {
      if (start >= board_.cells() || board_.at(start) != Color::kEmpty) continue;
      space_.assign(1, start);
      for (std::size_t i = 0; i < space_.size() && space_.size() <= kMostCells; ++i) {
        for (const int next : geometry.neighbors(space_[i])) {
          if (next >= board_.cells() || board_.at(next) != Color::kEmpty) continue;
          if (std::ranges::find(space_, next) == space_.end()) space_.push_back(next);
        }
      }
      if (space_.size() < 3 || space_.size() > kMostCells) continue;
      const auto degree = [&](int cell) {
        return std::ranges::count_if(geometry.neighbors(cell), [&](int next) {
          return std::ranges::find(space_, next) != space_.end();
        });
      };
      if (!IsKillingShape(geometry, space_)) continue;
      const int cell = *std::ranges::max_element(space_, {}, degree);
      if (space_.size() == 4 && degree(cell) < 3) continue;
      if (Allowed(cell, color)) return cell;
    }
    return kNone;
  }

  Board& board_;
  const CellSet& closed_;
  RandomStream& random_;
  Tactics tactics_;
  std::vector<int> space_;
  int ko_cell_ = -1;
  int last_ = kNone;
};

}  // namespace

void StatusPlayout(Board* board, const PlayoutStart& start, const CellSet& closed,
                   RandomStream* random, std::vector<PlayedMove>* moves) {
  PlayoutGame(board, closed, random).Run(start, moves);
}

bool IsBadAtari(const Board& board, int cell, Color color) {
  return Tactics(board).IsBadAtari(cell, color);
}

}  // namespace tesuji::env::go
