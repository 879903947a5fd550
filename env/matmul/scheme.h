// A bilinear scheme for a matrix product C = A B: a list of terms, each a scalar product
// (a . A) * (b . B) that is added to the entries of C named by c. Its rank is the number of terms.
//
// The third factor indexes C itself, not transposed.
// A Scheme may hold anything of the right shape; CheckScheme() (tensor_check.h) tells whether it
// multiplies. Thread-safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "env/matmul/factor.h"
#include "env/matmul/format.h"

namespace tesuji::env::matmul {

struct Scheme {
  Format format;
  Ring ring = Ring::kZ2;
  std::vector<Term> terms;

  int rank() const { return static_cast<int>(terms.size()); }
  friend bool operator==(const Scheme&, const Scheme&) = default;
};

/// The school method: n * m * p terms. REQUIRES: CheckFormat(format).
Scheme StandardScheme(const Format& format, Ring ring);

/// Terms in a fixed order with fixed signs (first two factors start with +1), so that schemes that
/// differ only in the order of terms or in signs that cancel become equal.
void Canonicalise(Scheme* scheme);

/// {"format": [n, m, p], "ring": "Z2", "rank": r, "u": [[…] x r], "v": …, "w": …}: one row of
/// coefficients a term, row-major; "w" indexes C, not transposed.
Json SchemeToJson(const Scheme& scheme);
/// Shape only: whether it multiplies is CheckScheme()'s to say. Keys it does not know are ignored.
/// The failure names the key, the term and what was expected. Never throws on bad input.
Result<Scheme> SchemeFromJson(const Json& json);
/// As above, from text of any origin.
Result<Scheme> ParseScheme(std::string_view text);
/// The JSON of a scheme's text, of bounded size and nesting, without a look at its keys.
Result<Json> ParseSchemeJson(std::string_view text);

}  // namespace tesuji::env::matmul
