// The symmetries of a board: eight of a square, four of a rectangle.
// Thread-safety: a free function.
#pragma once

#include <vector>

#include "env/environment.h"

namespace tesuji::env {

/// Rotations and reflections of height x width cells, the identity first. Actions follow
/// ActionLayout: each of `planes_over_cells` planes moves with its cells, the others stay.
std::vector<Symmetry> BoardSymmetries(int height, int width, ActionLayout actions);

}  // namespace tesuji::env
