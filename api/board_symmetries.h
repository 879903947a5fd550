// The symmetries of a board: eight of a square, four of a rectangle, two when it stands upright.
// Thread-safety: free functions.
#pragma once

#include <vector>

#include "api/environment.h"

namespace tesuji::env {

/// Rotations and reflections of height x width cells, the identity first. Actions follow
/// ActionLayout: each of `planes_over_cells` planes moves with its cells, the others stay.
std::vector<Symmetry> BoardSymmetries(int height, int width, ActionLayout actions);

/// For a board with a top and a bottom, whose actions are its columns: the identity and the mirror
/// image.
std::vector<Symmetry> ColumnSymmetries(int height, int width);

}  // namespace tesuji::env
