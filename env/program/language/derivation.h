// A program under construction: productions so far, and the holes that are still open. The next
// production always fills the leftmost hole, so the code is a leftmost derivation.
// Thread-safety: a plain value.
#pragma once

#include <functional>
#include <vector>

#include "core/random.h"
#include "env/program/language/program.h"

namespace tesuji::env::program {

struct Hole {
  Type type = Type::kList;
  Scope scope = Scope::kClosed;
  int place = kRootPlace;
};

class Derivation {
 public:
  /// `max_nodes`: no finished program is larger. REQUIRES: 3 <= max_nodes <= kMaxNodes.
  Derivation(const Signature& signature, const Vocabulary& vocabulary, int max_nodes);

  bool complete() const { return open_.empty(); }
  const std::vector<Op>& code() const { return code_; }
  /// REQUIRES: !complete().
  const Hole& next() const { return open_.back(); }
  /// Ascending, never empty while holes are open: whatever is chosen, the program can be finished.
  void LegalOps(std::vector<Op>* out) const;
  /// REQUIRES: op is legal.
  void Apply(Op op);

 private:
  Vocabulary vocabulary_;
  int max_nodes_;
  int needed_ = 0;  ///< Nodes that the open holes take at least.
  std::vector<Op> code_;
  std::vector<Hole> open_;  ///< The leftmost last.
};

/// The hole that each production of a program fills.
std::vector<Hole> HolesOf(const Program& program);

/// How much a production is wanted in a hole; not negative. Empty: all the same.
using ProductionWeight = std::function<float(const Hole&, Op)>;

/// A random program: each hole is filled in proportion to `weight`. `like` gives signature and
/// constants.
Program SampleProgram(const Program& like, const ProductionWeight& weight, int max_nodes,
                      RandomStream* random);

}  // namespace tesuji::env::program
