// Which productions random programs are made of. Uniform choices make programs that nobody would
// write: huge, and full of parts that do nothing. Here leaves are as frequent as in programs that
// people write, small constants more frequent than large ones, and each program has a taste of its
// own for some productions.
// Thread-safety: immutable after construction.
#pragma once

#include <array>

#include "core/random.h"
#include "env/program/language/derivation.h"

namespace tesuji::env::program {

class DreamGrammar {
 public:
  /// Draws a taste.
  explicit DreamGrammar(RandomStream* random);
  float Weight(const Hole& hole, Op op) const;

 private:
  std::array<float, kOps> taste_;
  std::array<float, kTypes> operators_{};  ///< How many there are, by type.
};

}  // namespace tesuji::env::program
