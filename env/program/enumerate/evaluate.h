// Values of candidates at all points of their scope: the inner loop of enumeration.
// Thread-safety: one thread.
#pragma once

#include "env/program/enumerate/bank.h"
#include "env/program/enumerate/points.h"
#include "env/program/language/kernels.h"

namespace tesuji::env::program::enumerate {

class TermEvaluator {
 public:
  TermEvaluator(const Bank& bank, const Points& points) : bank_(bank), points_(points) {}

  /// Fills `out`. False when the term is no use: a value beyond the limits, or too much work.
  bool Evaluate(const Term& term, Candidate* out);
  /// Whether the closed term has the values of `target` (header and data); stops at the first that
  /// differs.
  bool Matches(const Term& term, const Candidate& target);

 private:
  struct Frame {
    Value x, y, row;
  };
  struct Closure;
  struct Arguments;
  void Prepare(const Term& term);
  Value ValueAt(const Term& term, int point);
  Value Apply(Op op, const Value* arguments, const Function* functions);
  Value Recall(const Term& term, int example) const;
  Value Interpret(TermId id, int example, const Frame& frame);

  const Bank& bank_;
  const Points& points_;
  Arena arena_;
  Fuel fuel_;
  Cursor cursors_[kMaxArity];
  bool lifted_[kMaxArity] = {};
  const std::vector<Point>* at_ = nullptr;
};

}  // namespace tesuji::env::program::enumerate
