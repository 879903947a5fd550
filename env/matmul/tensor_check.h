// Tells whether a scheme multiplies, by the definition and nothing else: every one of the Brent
// equations sum_r a_r[i,j] b_r[j',k] c_r[i',k'] = [i = i'] [j = j'] [k = k'] is evaluated with
// plain integer arithmetic. Shares no code with the walker that made the scheme.
// Thread-safety: a free function.
#pragma once

#include "core/result.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

/// Success, or the first equation that fails: which, its value, the value it must have. Also fails
/// on a factor with bits outside its matrix, coefficients outside the ring, or a zero factor.
Status CheckScheme(const Scheme& scheme);

}  // namespace tesuji::env::matmul
