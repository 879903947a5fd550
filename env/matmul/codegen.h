// Writes C++ that multiplies with a scheme: a header without dependencies, judged by compiling it
// and comparing it with the plain product.
// Thread-safety: free functions.
#pragma once

#include <string>

#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

struct CodeOptions {
  /// C++ identifier of the function; empty: multiply_4x4x5.
  std::string function;
};

/// `template <class T> void NAME(const T* a, int a_stride, const T* b, int b_stride, T* c,
/// int c_stride)`: C = A B for row-major matrices whose rows lie `stride` elements apart; c may not
/// overlap a or b. One product of T per term, T needs +, -, *. A scheme over Z2 holds modulo 2
/// only: its function uses ^ and &, so that T is an unsigned integer, each bit a product of its
/// own.
///
/// For ternary schemes there is also `NAME_blocks(…, int block)`, where each entry is a square
/// block of block x block elements and the terms are block products: the step that recursion is
/// made of. REQUIRES: the scheme passes CheckScheme().
std::string GenerateCode(const Scheme& scheme, const CodeOptions& options = {});

/// A whole program around GenerateCode(): multiplies `trials` random matrices both ways and exits
/// with 0 when all agree, 1 with a line on the first that does not.
std::string GenerateSelfTest(const Scheme& scheme, int trials);

}  // namespace tesuji::env::matmul
