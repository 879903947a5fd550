// Schemes of square matrices with a cyclic symmetry. In the trace form, trace(A B C^T) = sum of
// a_ij b_jk c_ki, the product does not change when its factors trade places in a circle, and a
// scheme may keep that symmetry: with a term x⊗y⊗z it then has y⊗z⊗x and z⊗x⊗y too (an orbit of
// three terms, named by one of them), and what else it has are cubes x⊗x⊗x. The standard scheme is
// cyclic. Looking among cyclic schemes alone makes the search a third as large (Moosbauer & Poole,
// arXiv 2502.04514).
// Thread-safety: values.
#pragma once

#include <optional>
#include <vector>

#include "core/random.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

struct Orbits {
  int side = 0;  ///< The matrices are side x side.
  Ring ring = Ring::kZ2;
  std::vector<Term> representatives;  ///< Trace form: all three factors are row-major alike.
  std::vector<FactorBits> cubes;

  int rank() const {
    return 3 * static_cast<int>(representatives.size()) + static_cast<int>(cubes.size());
  }
};

/// Empty when the scheme is not cyclic. Signs do not matter: x⊗y⊗z = (-x)⊗(-y)⊗z.
std::optional<Orbits> ToOrbits(const Scheme& scheme);
Scheme FromOrbits(const Orbits& orbits);

/// Joins cubes at random until `cubes` are left: x⊗x⊗x + y⊗y⊗y is (x+y)⊗(x+y)⊗(x+y) without the
/// orbit of x⊗y⊗(x+y). Each time the rank rises by two, yet flips leave cubes alone, so that their
/// number decides which ranks a walk can reach. Joins as far as the ring allows.
Orbits JoinCubes(Orbits orbits, int cubes, RandomStream* random);

}  // namespace tesuji::env::matmul
