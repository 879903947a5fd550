#include "env/program/tasks/near_miss.h"

#include <algorithm>

namespace tesuji::env::program {
namespace {

constexpr std::int64_t kNearMissFuel = 200'000;

bool TakesTheSame(const Production& a, const Production& b) {
  if (a.type != b.type || a.arity != b.arity) return false;
  for (int i = 0; i < a.arity; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (a.arguments[at].type != b.arguments[at].type ||
        a.arguments[at].binds != b.arguments[at].binds) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<Program> Neighbours(const Program& program) {
  std::vector<Program> neighbours;
  for (std::size_t at = 0; at < program.code.size(); ++at) {
    for (const Production& other : Productions()) {
      if (other.op == program.code[at] || !TakesTheSame(other, Of(program.code[at]))) continue;
      Program neighbour = program;
      neighbour.code[at] = other.op;
      // A variable may not be in sight.
      if (CheckProgram(neighbour)) neighbours.push_back(std::move(neighbour));
    }
  }
  return neighbours;
}

std::optional<NearMissProgram> FindNearMiss(const Program& program,
                                            const std::vector<Example>& examples) {
  Runner runner(kNearMissFuel);
  std::optional<NearMissProgram> best;
  const int all = static_cast<int>(examples.size());
  for (Program& neighbour : Neighbours(program)) {
    const int right = CountRight(&runner, neighbour, examples);
    if (right == all || (best && right <= best->right)) continue;
    best = NearMissProgram{std::move(neighbour), right};
    if (right == all - 1) return best;
  }
  return best;
}

}  // namespace tesuji::env::program
