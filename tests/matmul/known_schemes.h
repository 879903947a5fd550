// Schemes from the literature, written down by hand: oracles that the walker did not make.
#pragma once

#include <initializer_list>
#include <string_view>

#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

/// Reads linear forms over entries numbered row by row from 1: "1+4", "-1-2".
inline FactorBits ReadForm(std::string_view text) {
  FactorBits factor;
  bool negative = false;
  for (const char c : text) {
    if (c == '+' || c == '-') {
      negative = c == '-';
    } else {
      (negative ? factor.minus : factor.plus) |= 1U << (c - '1');
    }
  }
  return factor;
}

/// V. Strassen, "Gaussian elimination is not optimal", 1969: the seven products I to VII.
inline Scheme Strassen() {
  Scheme scheme{.format = {2, 2, 2}, .ring = Ring::kTernary, .terms = {}};
  const std::initializer_list<std::array<std::string_view, 3>> products = {
      {"1+4", "1+4", "1+4"}, {"3+4", "1", "3-4"},  {"1", "2-4", "2+4"}, {"4", "-1+3", "1+3"},
      {"1+2", "4", "-1+2"},  {"-1+3", "1+2", "4"}, {"2-4", "3+4", "1"}};
  for (const auto& [a, b, c] : products) {
    scheme.terms.push_back({ReadForm(a), ReadForm(b), ReadForm(c)});
  }
  return scheme;
}

/// A ternary scheme read modulo 2.
inline Scheme Modulo2(Scheme scheme) {
  scheme.ring = Ring::kZ2;
  for (Term& term : scheme.terms) {
    for (FactorBits& factor : term) factor = {.plus = factor.plus | factor.minus, .minus = 0};
  }
  return scheme;
}

}  // namespace tesuji::env::matmul
