#include "env/program/enumerate/evaluate.h"

#include <cstring>

namespace tesuji::env::program::enumerate {
namespace {

constexpr std::int64_t kFuelPerCandidate = 400'000;

Value Row(const std::vector<std::int32_t>& row) {
  return {static_cast<std::int32_t>(row.size()), row.data()};
}

}  // namespace

struct TermEvaluator::Closure {
  TermEvaluator* self;
  TermId body;
  int example;
  Frame frame;
  Binds binds;
  bool nested;

  static Value Call(void* me, const Value* arguments) {
    auto& closure = *static_cast<Closure*>(me);
    TermEvaluator& evaluator = *closure.self;
    const Term& body = evaluator.bank_[closure.body];
    if (closure.binds == Binds::kOne) {
      if (body.scope == Scope::kOne && body.type < Type::kList) {
        // Most elements come from the inputs, where the body's values are known.
        const int known = evaluator.points_.PointOf(closure.example, arguments[0].n);
        if (known >= 0) return {body.values[known], nullptr};
      }
      (closure.nested ? closure.frame.y : closure.frame.x) = arguments[0];
    } else if (closure.binds == Binds::kTwo) {
      closure.frame.x = arguments[0];
      closure.frame.y = arguments[1];
    } else {
      closure.frame.row = arguments[0];
    }
    return evaluator.Interpret(closure.body, closure.example, closure.frame);
  }
};

Value TermEvaluator::Recall(const Term& term, int example) const {
  if (term.type < Type::kList) return {term.values[example], nullptr};
  Cursor cursor(term, points_.examples());
  return cursor.At(example);
}

Value TermEvaluator::Apply(Op op, const Value* arguments, const Function* functions) {
  switch (op) {
    case kIfInt:
    case kIfList:
      if (arguments[0].failed()) return arguments[0];
      return arguments[arguments[0].n != 0 ? 1 : 2];
    case kAnd:
    case kOr:
      if (arguments[0].failed() || (arguments[0].n != 0) == (op == kOr)) return arguments[0];
      return arguments[1];
    default:
      break;
  }
  const Production& production = Of(op);
  for (int i = 0; i < production.arity; ++i) {
    if (functions[i].call == nullptr && arguments[i].failed()) return arguments[i];
  }
  return Compute(op, arguments, functions, &arena_, &fuel_);
}

Value TermEvaluator::Interpret(TermId id, int example, const Frame& frame) {
  const Term& term = bank_[id];
  if (term.scope == Scope::kClosed) return Recall(term, example);
  switch (term.op) {
    case kX:
      return frame.x;
    case kY:
      return frame.y;
    case kRow:
      return frame.row;
    default:
      break;
  }
  if (--fuel_.left < 0) return Value::Failure();
  const Production& production = Of(term.op);
  Value arguments[kMaxArity];
  Function functions[kMaxArity];
  Closure closure{};
  for (int i = 0; i < production.arity; ++i) {
    const Argument& argument = production.arguments[i];
    if (argument.binds != Binds::kNothing) {
      closure = {this, term.kids[i], example, frame, argument.binds, true};
      functions[i] = {&Closure::Call, &closure};
    } else {
      arguments[i] = Interpret(term.kids[i], example, frame);
    }
  }
  return Apply(term.op, arguments, functions);
}

void TermEvaluator::Prepare(const Term& term) {
  at_ = &points_.Of(term.scope);
  fuel_.left = kFuelPerCandidate;
  const Production& production = Of(term.op);
  for (int i = 0; i < production.arity; ++i) {
    const Term& kid = bank_[term.kids[i]];
    if (production.arguments[i].binds != Binds::kNothing) continue;
    lifted_[i] = kid.scope != term.scope;
    cursors_[i] = Cursor(kid, points_.Count(kid.scope));
  }
}

Value TermEvaluator::ValueAt(const Term& term, int p) {
  const Point& point = (*at_)[static_cast<std::size_t>(p)];
  const Production& production = Of(term.op);
  Value arguments[kMaxArity];
  Function functions[kMaxArity];
  Closure closure{};
  for (int i = 0; i < production.arity; ++i) {
    const Argument& argument = production.arguments[i];
    if (argument.binds != Binds::kNothing) {
      Frame frame{{point.x, nullptr}, {point.y, nullptr}, Row(point.row)};
      const bool nested = term.scope == Scope::kOne;
      closure = {this, term.kids[i], point.example, frame, argument.binds, nested};
      functions[i] = {&Closure::Call, &closure};
    } else {
      arguments[i] = cursors_[i].At(lifted_[i] ? point.example : p);
    }
  }
  return Apply(term.op, arguments, functions);
}

bool TermEvaluator::Evaluate(const Term& term, Candidate* out) {
  Prepare(term);
  const int points = static_cast<int>(at_->size());
  out->Start(term.type, points);
  for (int p = 0; p < points; ++p) {
    arena_.Release({});
    const Value value = ValueAt(term, p);
    if (fuel_.left < 0) return false;
    if (!value.failed()) {
      if (term.type == Type::kInt &&
          (value.n > points_.number_limit() || value.n < -points_.number_limit())) {
        return false;
      }
      if (term.type >= Type::kList && value.n > points_.length_limit()) return false;
    }
    out->Add(value);
  }
  return true;
}

bool TermEvaluator::Matches(const Term& term, const Candidate& target) {
  Prepare(term);
  const std::int32_t* data = target.data().data();
  for (int p = 0; p < points_.examples(); ++p) {
    arena_.Release({});
    const Value value = ValueAt(term, p);
    const std::int32_t n = target.header()[static_cast<std::size_t>(p)];
    if (value.n != n) return false;
    if (term.type != Type::kList) continue;
    if (n > 0 && std::memcmp(value.data, data, static_cast<std::size_t>(n) * sizeof(*data)) != 0) {
      return false;
    }
    data += n;
  }
  return fuel_.left >= 0;
}

}  // namespace tesuji::env::program::enumerate
