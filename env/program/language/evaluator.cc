#include "env/program/language/evaluator.h"

#include <cassert>

namespace tesuji::env::program {

/// A lambda of the running program: its body and what is around it.
struct Runner::Closure {
  Runner* runner;
  std::int32_t body;
  Frame frame;
  Binds binds;
  bool nested;  ///< Inside another lambda: the new number is y.

  static Value Call(void* self, const Value* arguments) {
    auto& closure = *static_cast<Closure*>(self);
    switch (closure.binds) {
      case Binds::kOne:
        (closure.nested ? closure.frame.y : closure.frame.x) = arguments[0];
        break;
      case Binds::kTwo:
        closure.frame.x = arguments[0];
        closure.frame.y = arguments[1];
        break;
      default:
        closure.frame.row = arguments[0];
    }
    return closure.runner->Evaluate(closure.body, closure.frame);
  }
};

void Runner::Load(const Program& program) {
  program_ = &program;
  nodes_.clear();
  // Children follow their parent; a stack of open nodes says whose child comes next.
  std::vector<std::pair<std::int32_t, int>> open;
  for (const Op op : program.code) {
    const auto index = static_cast<std::int32_t>(nodes_.size());
    if (!open.empty()) {
      auto& [parent, filled] = open.back();
      nodes_[parent].kids[filled++] = index;
      if (filled == Of(nodes_[parent].op).arity) open.pop_back();
    }
    nodes_.push_back({op, {}});
    if (Of(op).arity > 0) open.emplace_back(index, 0);
  }
}

Value Runner::EvaluateOperator(const Node& node, const Frame& frame) {
  switch (node.op) {
    case kIfInt:
    case kIfList: {
      const Value condition = Evaluate(node.kids[0], frame);
      if (condition.failed()) return condition;
      return Evaluate(node.kids[condition.n != 0 ? 1 : 2], frame);
    }
    case kAnd:
    case kOr: {
      const Value left = Evaluate(node.kids[0], frame);
      if (left.failed() || (left.n != 0) == (node.op == kOr)) return left;
      return Evaluate(node.kids[1], frame);
    }
    default:
      break;
  }
  const Production& production = Of(node.op);
  Value arguments[kMaxArity];
  Closure closure{};
  Function functions[kMaxArity];
  for (int i = 0; i < production.arity; ++i) {
    const Argument& argument = production.arguments[i];
    if (argument.binds == Binds::kNothing) {
      arguments[i] = Evaluate(node.kids[i], frame);
      if (arguments[i].failed()) return arguments[i];
    } else {
      // No production takes two lambdas.
      const bool nested = !frame.x.failed();
      closure = {this, node.kids[i], frame, argument.binds, nested};
      functions[i] = {&Closure::Call, &closure};
    }
  }
  return Compute(node.op, arguments, functions, &arena_, &fuel_);
}

Value Runner::Evaluate(std::int32_t index, const Frame& frame) {
  if (--fuel_.left < 0) return Value::Failure();
  const Node& node = nodes_[index];
  const Op op = node.op;
  if (op < kCopyInt) return {op, nullptr};
  if (op < kCopyList) return {program_->constants.ints[op - kCopyInt], nullptr};
  if (op < kX) {
    const auto& list = program_->constants.lists[op - kCopyList];
    return {static_cast<std::int32_t>(list.size()), list.data()};
  }
  switch (op) {
    case kX:
      return frame.x;
    case kY:
      return frame.y;
    case kRow:
      return frame.row;
    case kXs:
    case kYs:
    case kK:
    case kM:
      return inputs_[op - kXs];
    case kEmpty:
      return {0, arena_.Take(0)};
    default:
      return EvaluateOperator(node, frame);
  }
}

RunOutcome Runner::Run(const Program& program, const Input& input) {
  assert(input.size() == program.signature.inputs.size());
  Load(program);
  arena_.Release({});
  fuel_.left = fuel_limit_;
  for (std::size_t i = 0; i < input.size(); ++i) {
    Value& value = inputs_[program.signature.VariableOf(static_cast<int>(i)) - kXs];
    value = input[i].type == Type::kInt
                ? Value{input[i].number, nullptr}
                : Value{static_cast<std::int32_t>(input[i].list.size()), input[i].list.data()};
  }
  const Frame frame{Value::Failure(), Value::Failure(), Value::Failure()};
  const Value value = Evaluate(0, frame);
  RunOutcome outcome;
  if (fuel_.left < 0) {
    outcome.ending = Ending::kOutOfFuel;
  } else if (!value.failed()) {
    outcome.ending = Ending::kValue;
    outcome.value.type = program.signature.output;
    if (outcome.value.type == Type::kList) {
      outcome.value.list.assign(value.data, value.data + value.n);
    } else {
      outcome.value.number = value.n;
    }
  }
  return outcome;
}

}  // namespace tesuji::env::program
