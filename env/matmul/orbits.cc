#include "env/matmul/orbits.h"

#include <algorithm>

namespace tesuji::env::matmul {
namespace {

std::uint32_t TransposeBits(std::uint32_t bits, int side) {
  std::uint32_t transposed = 0;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      transposed |= ((bits >> (row * side + column)) & 1U) << (column * side + row);
    }
  }
  return transposed;
}

FactorBits Transpose(const FactorBits& x, int side) {
  return {.plus = TransposeBits(x.plus, side), .minus = TransposeBits(x.minus, side)};
}

// Factors that start with +1; what is left of the signs is returned.
bool TakeSigns(Term* term) {
  bool negative = false;
  for (FactorBits& x : *term) {
    if (!x.starts_negative()) continue;
    x = -x;
    negative = !negative;
  }
  return negative;
}

struct Signed {
  Term term;
  bool negative = false;
  bool used = false;
};

Term Rotated(const Term& term) { return {term[1], term[2], term[0]}; }

}  // namespace

std::optional<Orbits> ToOrbits(const Scheme& scheme) {
  const auto& [n, m, p] = scheme.format;
  if (n != m || m != p) return std::nullopt;
  std::vector<Signed> terms;
  for (const Term& term : scheme.terms) {
    Signed entry{.term = {term[0], term[1], Transpose(term[2], n)}};
    entry.negative = TakeSigns(&entry.term);
    terms.push_back(entry);
  }
  // Takes an unused term equal to `term`.
  const auto take = [&](const Term& term, bool negative) {
    const auto it = std::ranges::find_if(terms, [&](const Signed& other) {
      return !other.used && other.negative == negative && other.term == term;
    });
    if (it == terms.end()) return false;
    it->used = true;
    return true;
  };
  Orbits orbits{.side = n, .ring = scheme.ring, .representatives = {}, .cubes = {}};
  for (Signed& entry : terms) {
    if (entry.used) continue;
    entry.used = true;
    Term term = entry.term;
    if (term[0] == term[1] && term[1] == term[2]) {
      orbits.cubes.push_back(entry.negative ? -term[0] : term[0]);
      continue;
    }
    if (!take(Rotated(term), entry.negative) || !take(Rotated(Rotated(term)), entry.negative)) {
      return std::nullopt;
    }
    if (entry.negative) term[2] = -term[2];
    orbits.representatives.push_back(term);
  }
  return orbits;
}

Scheme FromOrbits(const Orbits& orbits) {
  const int side = orbits.side;
  Scheme scheme{.format = {.n = side, .m = side, .p = side}, .ring = orbits.ring, .terms = {}};
  const auto append = [&](const Term& term) {
    scheme.terms.push_back({term[0], term[1], Transpose(term[2], side)});
  };
  for (const Term& term : orbits.representatives) {
    append(term);
    append(Rotated(term));
    append(Rotated(Rotated(term)));
  }
  for (const FactorBits& cube : orbits.cubes) append({cube, cube, cube});
  return scheme;
}

Orbits JoinCubes(Orbits orbits, int cubes, RandomStream* random) {
  auto& all = orbits.cubes;
  for (int attempt = 0; attempt < 100 && static_cast<int>(all.size()) > std::max(cubes, 1);
       ++attempt) {
    const auto i = random->Below(all.size());
    const auto j = random->Below(all.size());
    FactorBits sum;
    if (i == j || !Add(all[i], all[j], orbits.ring, &sum) || sum.zero()) continue;
    const FactorBits x = all[i];
    const FactorBits y = all[j];
    all[i] = sum;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(j));
    orbits.representatives.push_back({x, y, orbits.ring == Ring::kZ2 ? sum : -sum});
  }
  return orbits;
}

}  // namespace tesuji::env::matmul
