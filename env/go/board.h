// Stones on a grid: placing, capturing, liberties, area. Knows nothing of turns, ko or komi.
//
// Chains keep pseudo-liberties (an empty cell counts once for each stone beside it) with their sum
// and sum of squares, so that "no liberty" and "one liberty" are told without a search: by Cauchy
// and Schwarz, count * squares == sum * sum exactly when all are the same cell.
// Invariants: every chain on the board has a liberty between calls; key() depends on the stones
// alone.
// Thread-safety: one thread at a time; copies are independent. The Geometry must outlive it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "env/go/cell_set.h"
#include "env/go/geometry.h"

namespace tesuji::env::go {

/// What a placed stone did.
struct PlayResult {
  int captured = 0;  ///< Opponent's stones taken.
  int suicide = 0;   ///< Own stones taken, the placed one included; 0 unless it was suicide.
  int ko_cell = -1;  ///< Cell where simple ko forbids the recapture; -1: none.
};

class Board {
 public:
  explicit Board(const Geometry* geometry);

  const Geometry& geometry() const { return *geometry_; }
  int cells() const { return geometry_->cells(); }
  Color at(int cell) const { return static_cast<Color>(cells_[cell].color); }
  const Key128& key() const { return key_; }

  /// Would `color` on empty `cell` leave its own chain without liberties, taking nothing?
  bool IsSuicide(int cell, Color color) const;
  /// Does `cell` have neighbours of its own alone (or the edge), and not too many of the opponent's
  /// on its diagonals? The usual test of random playouts.
  bool IsEyeOf(int cell, Color color) const;
  /// key() as it would be after Play(). REQUIRES: `cell` empty.
  Key128 KeyAfter(int cell, Color color) const;
  /// Places a stone and takes what has no liberties: the opponent's chains first, then its own.
  /// REQUIRES: `cell` empty.
  PlayResult Play(int cell, Color color);

  /// Places stones on the empty board. REQUIRES: every chain then has a liberty.
  void SetUp(std::span<const Action> black, std::span<const Action> white);

  /// Liberties of the chain at `cell`, counted up to `most`. REQUIRES: a stone, most <= 8.
  int Liberties(int cell, int most) const;
  int ChainSize(int cell) const { return cells_[cells_[cell].head].stones; }
  /// Cells of the chain at `cell`, in no particular order. REQUIRES: a stone.
  std::vector<int> Chain(int cell) const;
  /// True for one cell of every chain, and for no empty cell.
  bool IsHead(int cell) const { return cells_[cell].color != 0 && cells_[cell].head == cell; }
  /// The chain is a ring: this leads from stone to stone and back.
  int NextInChain(int cell) const { return cells_[cell].next; }

  int empty_count() const { return empty_count_; }
  /// REQUIRES: index < empty_count(). In no particular, but a reproducible, order.
  int empty_cell(int index) const { return cells_[index].empty; }

  /// Cells from which a stone of `color` was ever taken off. Only there can a stone bring an
  /// earlier position back.
  const CellSet& taken(Color color) const { return taken_[static_cast<int>(color) - 1]; }

  /// Tromp-Taylor area: +1 Black, -1 White, 0 neither, for every cell.
  /// REQUIRES: out.size() == cells().
  void Area(std::span<std::int8_t> out) const;
  /// Black's area minus White's.
  int AreaScore() const;

 private:
  // One cell; chain fields are valid at the chain's head only.
  struct Cell {
    std::uint32_t sum = 0;      // Of pseudo-liberties' cell numbers.
    std::uint32_t squares = 0;  // Of their squares.
    std::uint16_t head = 0;
    std::uint16_t next = 0;
    std::uint16_t stones = 0;
    std::uint16_t liberties = 0;  // Pseudo-liberties.
    std::uint16_t slot = 0;       // Where the cell stands in the list of empty cells.
    std::uint16_t empty = 0;      // That list's entry with this number.
    std::uint8_t color = 0;       // Color, or kWall.
  };
  static constexpr std::uint8_t kWall = 3;

  bool InAtari(const Cell& head) const {
    return std::uint64_t{head.liberties} * head.squares == std::uint64_t{head.sum} * head.sum;
  }
  void RemoveFromEmpty(int cell);
  void AddToEmpty(int cell);
  void Merge(int from, int into);
  int RemoveChain(int cell);

  const Geometry* geometry_;
  std::vector<Cell> cells_;  // cells() of them and the wall.
  int empty_count_ = 0;
  Key128 key_;
  CellSet taken_[2];
};

}  // namespace tesuji::env::go
