// What never changes about a board of one size: neighbours and hash keys.
// Cells are numbered row * width + column, row 0 on top; cells() stands for "off the board".
//
// Hash keys are 128 bits wide (Zobrist, "A new hashing method with application for game playing",
// 1970) and depend on the size only, never on the run.
// Thread-safety: immutable.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/key128.h"
#include "env/go/rules.h"

namespace tesuji::env::go {

class Geometry {
 public:
  static constexpr int kRememberedMoves = 5;

  /// REQUIRES: sides within kMinSide..kMaxSide.
  Geometry(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  int cells() const { return cells_; }

  /// Always four; cells() where the board ends.
  const std::array<std::uint16_t, 4>& neighbors(int cell) const { return neighbors_[cell]; }

  /// The same for the diagonals.
  const std::array<std::uint16_t, 4>& diagonals(int cell) const { return diagonals_[cell]; }

  /// Key of the empty board.
  const Key128& empty_key() const { return empty_key_; }
  const Key128& stone_key(int cell, Color color) const {
    return stone_keys_[2 * cell + static_cast<int>(color) - 1];
  }
  const Key128& white_to_play_key() const { return white_to_play_key_; }
  /// Key of "a ko rule forbids this cell".
  const Key128& forbidden_key(int cell) const { return forbidden_keys_[cell]; }
  /// Key of "the move made `age` moves ago (0: the last) was `action`".
  const Key128& recent_key(int age, Action action) const {
    return recent_keys_[age * (cells_ + 1) + action];
  }

 private:
  int width_;
  int height_;
  int cells_;
  std::vector<std::array<std::uint16_t, 4>> neighbors_;
  std::vector<std::array<std::uint16_t, 4>> diagonals_;
  Key128 empty_key_;
  Key128 white_to_play_key_;
  std::vector<Key128> stone_keys_;
  std::vector<Key128> forbidden_keys_;
  std::vector<Key128> recent_keys_;
};

}  // namespace tesuji::env::go
