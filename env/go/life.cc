#include "env/go/life.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tesuji::env::go {
namespace {

// A largest connected set of cells without stones of the colour in question.
struct Region {
  std::vector<int> cells;
  std::vector<int> borders;  // Heads of the colour's chains beside it, each once.
  std::vector<int> vital;    // Those of them that touch every empty cell of it.
  bool open = true;          // Still counts as enclosed by living chains.
};

class Benson {
 public:
  Benson(const Board& board, Color color)
      : board_(board), color_(color), head_(board.cells(), -1), region_(board.cells(), -1) {
    for (int cell = 0; cell < board.cells(); ++cell) {
      if (!board.IsHead(cell) || board.at(cell) != color) continue;
      heads_.push_back(cell);
      for (const int stone : board.Chain(cell)) head_[stone] = cell;
    }
    for (int cell = 0; cell < board.cells(); ++cell) {
      if (head_[cell] < 0 && region_[cell] < 0) AddRegion(cell);
    }
  }

  SettledArea Run() {
    for (bool changed = true; changed;) {
      changed = false;
      std::vector<int> living;
      for (const int head : heads_) {
        if (VitalRegions(head) >= 2) living.push_back(head);
      }
      changed = living.size() != heads_.size();
      heads_ = std::move(living);
      for (Region& region : regions_) {
        region.open = region.open && std::ranges::all_of(region.borders, [&](int head) {
                        return std::ranges::binary_search(heads_, head);
                      });
      }
    }
    return Result();
  }

 private:
  void AddRegion(int start) {
    const auto number = static_cast<int>(regions_.size());
    Region region;
    region.cells.push_back(start);
    region_[start] = number;
    for (std::size_t i = 0; i < region.cells.size(); ++i) {
      for (const int neighbor : board_.geometry().neighbors(region.cells[i])) {
        if (neighbor >= board_.cells()) continue;
        if (head_[neighbor] >= 0) {
          region.borders.push_back(head_[neighbor]);
        } else if (region_[neighbor] < 0) {
          region_[neighbor] = number;
          region.cells.push_back(neighbor);
        }
      }
    }
    std::ranges::sort(region.borders);
    const auto repeated = std::ranges::unique(region.borders);
    region.borders.erase(repeated.begin(), repeated.end());
    for (const int head : region.borders) {
      if (IsVital(region, head)) region.vital.push_back(head);
    }
    region.open = !region.borders.empty();
    regions_.push_back(std::move(region));
  }

  bool Touches(int cell, int head) const {
    return std::ranges::any_of(board_.geometry().neighbors(cell), [&](int neighbor) {
      return neighbor < board_.cells() && head_[neighbor] == head;
    });
  }

  bool IsVital(const Region& region, int head) const {
    return std::ranges::all_of(region.cells, [&](int cell) {
      return board_.at(cell) != Color::kEmpty || Touches(cell, head);
    });
  }

  int VitalRegions(int head) const {
    return static_cast<int>(std::ranges::count_if(regions_, [&](const Region& region) {
      return region.open && std::ranges::find(region.vital, head) != region.vital.end();
    }));
  }

  // An eye lies on cells that do not touch the enclosing stones. Two eyes need two of them that
  // are no neighbours.
  bool RoomForTwoEyes(const Region& region) const {
    std::vector<int> inner;
    for (const int cell : region.cells) {
      const auto& neighbors = board_.geometry().neighbors(cell);
      if (std::ranges::none_of(neighbors, [&](int neighbor) {
            return neighbor < board_.cells() && head_[neighbor] >= 0;
          })) {
        inner.push_back(cell);
      }
    }
    if (inner.size() != 2) return inner.size() > 2;
    const auto& neighbors = board_.geometry().neighbors(inner[0]);
    return std::ranges::find(neighbors, inner[1]) == neighbors.end();
  }

  SettledArea Result() const {
    SettledArea settled;
    for (const int head : heads_) {
      for (const int stone : board_.Chain(head)) {
        settled.stones.Insert(stone);
        settled.area.Insert(stone);
      }
    }
    for (const Region& region : regions_) {
      if (!region.open || RoomForTwoEyes(region)) continue;
      for (const int cell : region.cells) settled.area.Insert(cell);
    }
    return settled;
  }

  const Board& board_;
  Color color_;
  std::vector<int> heads_;   // Ascending; of chains that may still be alive.
  std::vector<int> head_;    // Per cell: its chain's head, -1 where the colour has no stone.
  std::vector<int> region_;  // Per cell: its region, -1 for stones of the colour.
  std::vector<Region> regions_;
};

}  // namespace

SettledArea FindSettled(const Board& board, Color color) { return Benson(board, color).Run(); }

}  // namespace tesuji::env::go
