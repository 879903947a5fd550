#include "env/go/life_search.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "env/go/status_playout.h"

namespace tesuji::env::go {
namespace {

constexpr int kNoMove = -1;
// The tree holds moves at this distance from the chain; playouts go on over the whole board.
constexpr int kReach = 3;

struct LifeNode {
  int move = kNoMove;
  int first_child = -1;  // Children lie side by side; -1: not expanded.
  int children = 0;
  int visits = 0;
  double wins = 0;        // From the view of who made the move.
  int shared_visits = 0;  // Of playouts in which the same player made this move later.
  double shared_wins = 0;
};

class LifeSearch {
 public:
  LifeSearch(const Board& board, const LifeQuestion& question, const CellSet& closed,
             RandomStream* random)
      : board_(board),
        closed_(closed),
        random_(*random),
        first_(question.first),
        owner_(board.at(question.chain)),
        chain_(board.Chain(question.chain)),
        near_(board.cells(), false),
        playouts_(question.playouts) {
    const int width = board.geometry().width();
    for (int cell = 0; cell < board.cells(); ++cell) {
      near_[cell] = std::ranges::any_of(chain_, [&](int stone) {
        return std::abs(cell / width - stone / width) + std::abs(cell % width - stone % width) <=
               kReach;
      });
    }
  }

  bool Run() {
    nodes_.emplace_back();
    Expand(0, board_, first_, -1);
    double survived = 0;
    for (int i = 0; i < playouts_; ++i) survived += Simulate() ? 1 : 0;
    // What the most visited move leads to says more than the mean.
    const LifeNode* best = nullptr;
    for (int i = 0; i < nodes_[0].children; ++i) {
      const LifeNode& child = nodes_[nodes_[0].first_child + i];
      if (best == nullptr || child.visits > best->visits) best = &child;
    }
    if (best == nullptr || best->visits == 0) return survived * 2 >= playouts_;
    const double rate = best->wins / best->visits;
    return (first_ == owner_ ? rate : 1 - rate) >= 0.5;
  }

 private:
  bool Simulate() {
    constexpr int kExpandAt = 2;
    constexpr int kDeepest = 60;
    Board board = board_;
    Color color = first_;
    int ko = -1;
    int node = 0;
    path_.assign(1, 0);
    moves_.clear();
    while (nodes_[node].first_child >= 0 && std::ssize(path_) < kDeepest) {
      node = Select(node);
      path_.push_back(node);
      const int move = nodes_[node].move;
      ko = move == kNoMove ? -1 : board.Play(move, color).ko_cell;
      moves_.push_back({move, color});
      color = Opponent(color);
      if (nodes_[node].first_child < 0 && nodes_[node].visits >= kExpandAt) {
        Expand(node, board, color, ko);
      }
    }
    StatusPlayout(&board, {.first = color, .ko_cell = ko}, closed_, &random_, &moves_);
    const bool survived = Survived(board);
    Update(survived);
    return survived;
  }

  void Expand(int node, const Board& board, Color color, int ko) {
    const auto first = static_cast<int>(nodes_.size());
    for (int i = 0; i < board.empty_count(); ++i) {
      const int cell = board.empty_cell(i);
      if (!near_[cell] || cell == ko || closed_.Contains(cell) || board.IsSuicide(cell, color))
        continue;
      if (board.IsEyeOf(cell, color)) continue;
      nodes_.emplace_back().move = cell;
    }
    nodes_.emplace_back().move = kNoMove;
    nodes_[node].first_child = first;
    nodes_[node].children = static_cast<int>(nodes_.size()) - first;
  }

  int Select(int node) {
    constexpr double kExploration = 0.25;
    constexpr double kSharedWeight = 200;  // Visits at which both kinds of value count alike.
    const LifeNode& parent = nodes_[node];
    const double log_visits = std::log(parent.visits + 1.0);
    int best = parent.first_child;
    double best_value = -1;
    for (int i = parent.first_child; i < parent.first_child + parent.children; ++i) {
      const LifeNode& child = nodes_[i];
      const double shared = child.shared_visits > 0 ? child.shared_wins / child.shared_visits : 0.6;
      const double own = child.visits > 0 ? child.wins / child.visits : shared;
      const double weight = std::sqrt(kSharedWeight / (3.0 * child.visits + kSharedWeight));
      const double value = weight * shared + (1 - weight) * own +
                           kExploration * std::sqrt(log_visits / (child.visits + 1.0)) * 0.5 +
                           1e-3 * static_cast<double>(random_.Below(1000)) / 1000;
      if (value > best_value) {
        best_value = value;
        best = i;
      }
    }
    return best;
  }

  bool Survived(const Board& board) {
    area_.resize(board.cells());
    board.Area(area_);
    int own = 0;
    for (const int cell : chain_) {
      own += area_[cell] == (owner_ == Color::kBlack ? 1 : -1) ? 1 : 0;
    }
    return 2 * own > static_cast<int>(chain_.size());
  }

  void Update(bool survived) {
    // Who first played on each cell from the node on, walking backwards through the moves.
    played_.assign(board_.cells(), 0);
    std::size_t seen = moves_.size();
    for (std::size_t depth = path_.size(); depth-- > 0;) {
      while (seen > depth) {
        --seen;
        if (moves_[seen].cell != kNoMove) {
          played_[moves_[seen].cell] = static_cast<int>(moves_[seen].color);
        }
      }
      LifeNode& node = nodes_[path_[depth]];
      ++node.visits;
      const Color to_play = depth % 2 == 0 ? first_ : Opponent(first_);
      const double win = survived == (to_play == owner_) ? 1 : 0;
      node.wins += 1 - win;  // The move into the node was the other side's.
      for (int i = 0; i < node.children; ++i) {
        LifeNode& child = nodes_[node.first_child + i];
        if (child.move == kNoMove || played_[child.move] != static_cast<int>(to_play)) continue;
        ++child.shared_visits;
        child.shared_wins += win;
      }
    }
  }

  const Board& board_;
  const CellSet& closed_;
  RandomStream& random_;
  Color first_;
  Color owner_;
  std::vector<int> chain_;
  std::vector<bool> near_;
  int playouts_;
  std::vector<LifeNode> nodes_;
  std::vector<int> path_;
  std::vector<PlayedMove> moves_;
  std::vector<int> played_;
  std::vector<std::int8_t> area_;
};

}  // namespace

bool Lives(const Board& board, const LifeQuestion& question, const CellSet& closed,
           RandomStream* random) {
  return LifeSearch(board, question, closed, random).Run();
}

}  // namespace tesuji::env::go
