#include "env/program/language/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tesuji::env::program {
namespace {

/// Walks prefix code and names the first production that does not fit.
class Walker {
 public:
  explicit Walker(const Program& program) : program_(program) {}

  Status Run() {
    if (program_.code.size() > kMaxNodes) {
      return Fail(fmt::format("program has more than {} nodes", kMaxNodes));
    }
    if (Status status = Visit(program_.signature.output, Scope::kClosed); !status) return status;
    if (at_ != program_.code.size()) return Fail("program goes on after its end");
    return {};
  }

 private:
  Status Visit(Type type, Scope scope) {
    if (at_ >= program_.code.size()) return Fail("program is not complete");
    const Op op = program_.code[at_++];
    if (op >= kOps || !Fits(op, type, scope, program_.vocabulary())) {
      return Fail(fmt::format("node {} does not fit its place", at_ - 1));
    }
    const Production& production = Of(op);
    for (int i = 0; i < production.arity; ++i) {
      const Argument& argument = production.arguments[i];
      if (Status status = Visit(argument.type, Inner(scope, argument.binds)); !status) {
        return status;
      }
    }
    return {};
  }
  const Program& program_;
  std::size_t at_ = 0;
};

std::string Print(const Program& program, std::size_t* at, bool readable) {
  const Op op = program.code[(*at)++];
  if (readable && op >= kCopyInt && op < kCopyList) {
    return fmt::format("{}", program.constants.ints[op - kCopyInt]);
  }
  if (readable && op >= kCopyList && op < kX) {
    return fmt::format("[{}]", fmt::join(program.constants.lists[op - kCopyList], " "));
  }
  const Production& production = Of(op);
  if (production.arity == 0) return std::string(production.name);
  std::string text = fmt::format("({}", production.name);
  for (int i = 0; i < production.arity; ++i) {
    text += fmt::format(" {}", Print(program, at, readable));
  }
  return fmt::format("{})", text);
}

}  // namespace

Op Signature::VariableOf(int input) const {
  int lists = 0;
  int ints = 0;
  for (int i = 0; i < input; ++i) (inputs[i] == Type::kList ? lists : ints) += 1;
  return static_cast<Op>(inputs[input] == Type::kList ? kXs + lists : kK + ints);
}

int Signature::InputMask() const {
  int mask = 0;
  for (int i = 0; i < static_cast<int>(inputs.size()); ++i) mask |= 1 << (VariableOf(i) - kXs);
  return mask;
}

std::size_t SubtreeEnd(const std::vector<Op>& code, std::size_t at) {
  int open = 1;
  while (open > 0) open += Of(code[at++]).arity - 1;
  return at;
}

Status CheckProgram(const Program& program) { return Walker(program).Run(); }

std::string ToText(const Program& program) {
  std::size_t at = 0;
  return Print(program, &at, false);
}

std::string ToReadableText(const Program& program) {
  std::size_t at = 0;
  return Print(program, &at, true);
}

}  // namespace tesuji::env::program
