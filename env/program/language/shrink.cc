#include "env/program/language/shrink.h"

#include <algorithm>

#include "env/program/language/derivation.h"

namespace tesuji::env::program {
namespace {

using Code = std::vector<Op>;

class Shrinker {
 public:
  Shrinker(const std::vector<Example>& examples, Runner* runner, Program* program)
      : examples_(examples), runner_(runner), program_(*program), trial_(*program) {}

  void Run() {
    Read();
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t at = 0; at < program_.code.size(); ++at) {
        while (ShrinkAt(at)) changed = true;
      }
    }
    SortOperands(0);
  }

 private:
  void Read() {
    holes_ = HolesOf(program_);
    ends_.clear();
    for (std::size_t i = 0; i < program_.code.size(); ++i) {
      ends_.push_back(SubtreeEnd(program_.code, i));
    }
  }

  /// Takes `part` for the subtree at `at` when all answers stay the same.
  bool Replace(std::size_t at, const Code& part) {
    const Code& code = program_.code;
    const auto begin = code.begin() + static_cast<std::ptrdiff_t>(at);
    trial_.code.assign(code.begin(), begin);
    trial_.code.insert(trial_.code.end(), part.begin(), part.end());
    trial_.code.insert(trial_.code.end(), code.begin() + static_cast<std::ptrdiff_t>(ends_[at]),
                       code.end());
    if (CountRight(runner_, trial_, examples_, false) != static_cast<int>(examples_.size())) {
      return false;
    }
    program_.code = trial_.code;
    Read();
    return true;
  }

  Code Part(std::size_t at) const {
    return {program_.code.begin() + static_cast<std::ptrdiff_t>(at),
            program_.code.begin() + static_cast<std::ptrdiff_t>(ends_[at])};
  }

  bool ShrinkAt(std::size_t at) {
    const std::size_t end = ends_[at];
    if (end - at == 1) return false;
    const Hole hole = holes_[at];
    const Vocabulary vocabulary = program_.vocabulary();
    for (const Production& production : Productions()) {
      if (production.arity > 0 || !Fits(production.op, hole.type, hole.scope, vocabulary)) continue;
      if (Replace(at, {production.op})) return true;
    }
    for (std::size_t inner = at + 1; inner < end; ++inner) {
      if (holes_[inner].type != hole.type || holes_[inner].scope != hole.scope) continue;
      if (ends_[inner] - inner > 1 && Replace(at, Part(inner))) return true;
    }
    return FewerArguments(at);
  }

  /// (slice 1 3 xs) → (take 3 xs), (nth 1 xs) → (first xs).
  bool FewerArguments(std::size_t at) {
    const Production& now = Of(program_.code[at]);
    if (now.arity < 2) return false;
    std::vector<std::size_t> kids;
    for (std::size_t kid = at + 1; kid < ends_[at]; kid = ends_[kid]) kids.push_back(kid);
    for (const Production& smaller : Productions()) {
      if (smaller.type != now.type || smaller.arity == 0 || smaller.arity >= now.arity) continue;
      for (int skip = 0; skip < now.arity; ++skip) {
        // Leaves out one argument, or with one argument left all but `skip`.
        Code part{smaller.op};
        int taken = 0;
        bool fits = true;
        for (int i = 0; i < now.arity; ++i) {
          const bool keep = smaller.arity == now.arity - 1 ? i != skip : i == skip;
          if (!keep) continue;
          const Argument& wanted = smaller.arguments[taken++];
          fits = fits && wanted.type == now.arguments[i].type &&
                 wanted.binds == now.arguments[i].binds;
          const Code kid = Part(kids[static_cast<std::size_t>(i)]);
          part.insert(part.end(), kid.begin(), kid.end());
        }
        if (fits && Replace(at, part)) return true;
      }
    }
    return false;
  }

  /// Variables and operators before constants.
  void SortOperands(std::size_t at) {
    for (std::size_t kid = at + 1; kid < ends_[at]; kid = ends_[kid]) SortOperands(kid);
    if (!Commutes(program_.code[at])) return;
    const Code left = Part(at + 1);
    const Code right = Part(ends_[at + 1]);
    if (!std::ranges::lexicographical_compare(left, right)) return;
    Code part{program_.code[at]};
    part.insert(part.end(), right.begin(), right.end());
    part.insert(part.end(), left.begin(), left.end());
    Replace(at, part);  // A failing second operand may have been hidden by the first.
  }

  const std::vector<Example>& examples_;
  Runner* const runner_;
  Program& program_;
  Program trial_;
  std::vector<Hole> holes_;  ///< By position in the code.
  std::vector<std::size_t> ends_;
};

}  // namespace

void Shrink(const std::vector<Example>& examples, Runner* runner, Program* program) {
  Shrinker(examples, runner, program).Run();
}

}  // namespace tesuji::env::program
