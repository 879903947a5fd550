#include "env/go/geometry.h"

#include <cassert>

#include "core/random.h"

namespace tesuji::env::go {
namespace {

// Of the stream that keys are drawn from; changing it changes every fingerprint ever stored.
constexpr std::uint64_t kKeySeed = 0x676f2d7a6f627269;

Key128 DrawKey(RandomStream* random) {
  const std::uint64_t high = (*random)();
  return {.high = high, .low = (*random)()};
}

}  // namespace

Geometry::Geometry(int width, int height) : width_(width), height_(height), cells_(width * height) {
  assert(width >= kMinSide && width <= kMaxSide && height >= kMinSide && height <= kMaxSide);
  const auto cell_at = [&](int row, int column) -> std::uint16_t {
    const bool inside = row >= 0 && row < height && column >= 0 && column < width;
    return static_cast<std::uint16_t>(inside ? row * width + column : cells_);
  };
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      neighbors_.push_back({cell_at(row - 1, column), cell_at(row, column - 1),
                            cell_at(row, column + 1), cell_at(row + 1, column)});
      diagonals_.push_back({cell_at(row - 1, column - 1), cell_at(row - 1, column + 1),
                            cell_at(row + 1, column - 1), cell_at(row + 1, column + 1)});
    }
  }
  RandomStream random(
      {kKeySeed, static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height)});
  empty_key_ = DrawKey(&random);
  white_to_play_key_ = DrawKey(&random);
  for (int i = 0; i < 2 * cells_; ++i) stone_keys_.push_back(DrawKey(&random));
  for (int i = 0; i < cells_; ++i) forbidden_keys_.push_back(DrawKey(&random));
  for (int i = 0; i < kRememberedMoves * (cells_ + 1); ++i)
    recent_keys_.push_back(DrawKey(&random));
}

}  // namespace tesuji::env::go
