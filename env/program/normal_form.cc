#include "env/program/normal_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tesuji::env::program {
namespace {

constexpr InputNames kSame = {0, 1, 2, 3};

bool IsCommutative(Op op) {
  switch (op) {
    case kAdd:
    case kMul:
    case kMax2:
    case kMin2:
    case kEqual:
    case kAnd:
    case kOr:
      return true;
    default:
      return false;
  }
}

class Printer {
 public:
  Printer(const Program& program, const InputNames& names) : program_(program), names_(names) {}
  std::string Print() {
    std::size_t at = 0;
    return Print(&at, false);
  }

 private:
  /// `exchanged`: x and y under each other's names.
  std::string Print(std::size_t* at, bool exchanged) {
    const Op op = program_.code[(*at)++];
    if (op >= kCopyInt && op < kCopyList) {
      return fmt::format("{}", program_.constants.ints[op - kCopyInt]);
    }
    if (op >= kCopyList && op < kX) {
      return fmt::format("[{}]", fmt::join(program_.constants.lists[op - kCopyList], " "));
    }
    if (op >= kXs && op <= kM) {
      return std::string(Of(static_cast<Op>(kXs + names_[op - kXs])).name);
    }
    if (exchanged && (op == kX || op == kY)) return op == kX ? "y" : "x";
    const Production& production = Of(op);
    if (production.arity == 0) return std::string(production.name);
    if (op == kZipWith) return PrintZip(at);
    std::vector<std::string> operands;
    for (int i = 0; i < production.arity; ++i) operands.push_back(Print(at, exchanged));
    if (IsCommutative(op)) std::ranges::sort(operands);
    return fmt::format("({} {})", production.name, fmt::join(operands, " "));
  }

  /// zip_with f a b is zip_with g b a where g is f with x and y exchanged.
  std::string PrintZip(std::size_t* at) {
    const std::size_t body = *at;
    std::size_t again = body;
    const std::string straight = Print(at, false);
    const std::string crossed = Print(&again, true);
    const std::string a = Print(at, false);
    const std::string b = Print(at, false);
    return std::min(fmt::format("(zip_with {} {} {})", straight, a, b),
                    fmt::format("(zip_with {} {} {})", crossed, b, a));
  }

  const Program& program_;
  const InputNames& names_;
};

}  // namespace

std::vector<InputNames> Renamings(const Signature& signature) {
  const auto lists = std::ranges::count(signature.inputs, Type::kList);
  const auto ints = std::ranges::count(signature.inputs, Type::kInt);
  std::vector<InputNames> all = {kSame};
  if (lists == 2) all.push_back({1, 0, 2, 3});
  if (ints == 2) all.push_back({0, 1, 3, 2});
  if (lists == 2 && ints == 2) all.push_back({1, 0, 3, 2});
  return all;
}

std::string NormalForm(const Program& program) {
  std::string first;
  for (const InputNames& names : Renamings(program.signature)) {
    std::string form = Printer(program, names).Print();
    if (first.empty() || form < first) first = std::move(form);
  }
  return first;
}

std::array<const Datum*, 4> ByVariable(const Signature& signature, const Input& input,
                                       const InputNames& names) {
  std::array<const Datum*, 4> by_variable{};
  for (std::size_t i = 0; i < input.size(); ++i) {
    const int variable = signature.VariableOf(static_cast<int>(i)) - kXs;
    by_variable[static_cast<std::size_t>(names[static_cast<std::size_t>(variable)])] = &input[i];
  }
  return by_variable;
}

Json ExamplesIdentity(const Signature& signature, const std::vector<Example>& examples) {
  Json first;
  std::string first_text;
  for (const InputNames& names : Renamings(signature)) {
    std::vector<std::string> lines;
    for (const Example& example : examples) {
      Json line = Json::array();
      for (const Datum* datum : ByVariable(signature, example.input, names)) {
        line.push_back(datum == nullptr ? Json() : ToJson(*datum));
      }
      line.push_back(ToJson(example.output));
      lines.push_back(line.dump());
    }
    std::ranges::sort(lines);
    const auto rest = std::ranges::unique(lines);
    lines.erase(rest.begin(), rest.end());
    std::string text = fmt::format("{}", fmt::join(lines, "\n"));
    if (first_text.empty() || text < first_text) {
      first_text = std::move(text);
      first = std::move(lines);
    }
  }
  return first;
}

}  // namespace tesuji::env::program
