#include "env/program/language/normal_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "env/program/language/renaming.h"

namespace tesuji::env::program {
namespace {

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
    if (Commutes(op)) std::ranges::sort(operands);
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

std::string NormalForm(const Program& program) {
  std::string first;
  for (const InputNames& names : Renamings(program.signature)) {
    std::string form = Printer(program, names).Print();
    if (first.empty() || form < first) first = std::move(form);
  }
  return first;
}

}  // namespace tesuji::env::program
