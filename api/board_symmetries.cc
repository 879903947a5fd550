#include "api/board_symmetries.h"

namespace tesuji::env {

std::vector<Symmetry> BoardSymmetries(int height, int width, ActionLayout actions) {
  const int cells = height * width;
  std::vector<Symmetry> symmetries;
  for (int i = 0; i < (height == width ? 8 : 4); ++i) {
    Symmetry symmetry;
    for (int cell = 0; cell < cells; ++cell) {
      const int row = (i & 1) != 0 ? height - 1 - cell / width : cell / width;
      const int column = (i & 2) != 0 ? width - 1 - cell % width : cell % width;
      symmetry.cells.push_back((i & 4) != 0 ? column * width + row : row * width + column);
    }
    for (int plane = 0; plane < actions.planes_over_cells; ++plane) {
      for (const std::int32_t cell : symmetry.cells)
        symmetry.actions.push_back(plane * cells + cell);
    }
    for (int other = 0; other < actions.other_actions; ++other) {
      symmetry.actions.push_back(actions.planes_over_cells * cells + other);
    }
    // A side of one cell makes some of them equal.
    bool known = false;
    for (const Symmetry& before : symmetries) known = known || before.cells == symmetry.cells;
    if (!known) symmetries.push_back(std::move(symmetry));
  }
  return symmetries;
}

std::vector<Symmetry> ColumnSymmetries(int height, int width) {
  std::vector<Symmetry> symmetries(2);
  for (int cell = 0; cell < height * width; ++cell) {
    symmetries[0].cells.push_back(cell);
    symmetries[1].cells.push_back(cell - cell % width + width - 1 - cell % width);
  }
  for (int column = 0; column < width; ++column) {
    symmetries[0].actions.push_back(column);
    symmetries[1].actions.push_back(width - 1 - column);
  }
  return symmetries;
}

}  // namespace tesuji::env
