#include "env/program/tasks/dream_grammar.h"

#include <algorithm>
#include <cmath>

namespace tesuji::env::program {
namespace {

// How much tastes differ: standard deviation of the logarithm of a weight.
constexpr double kTaste = 0.8;
// A task that asks for a number asks for a list of one number where only lists can be told.
constexpr float kSingletonAtRoot = 5;

float CountOperators(Type type) {
  return static_cast<float>(std::ranges::count_if(Productions(), [&](const Production& production) {
    return production.arity > 0 && production.type == type;
  }));
}

float SumOfDigitWeights() {
  float all = 0;
  for (int digit = 0; digit <= kTen; ++digit) all += 1 / (4.0F + static_cast<float>(digit));
  return all;
}

/// Shares of a hole's probability, by kind of leaf; operators have the rest.
float LeafWeight(const Hole& hole, Op op) {
  const bool body = hole.scope == Scope::kOne || hole.scope == Scope::kTwo;
  if (op <= kTen) {
    static const float all = SumOfDigitWeights();
    return (body ? 0.25F : 0.5F) / (4.0F + static_cast<float>(op)) / all;
  }
  if (op < kCopyList) return body ? 0.04F : 0.08F;  // Each; a task has few.
  if (op < kX) return 0.08F;
  if (op == kX) return hole.scope == Scope::kTwo ? 0.22F : 0.4F;
  if (op == kY) return 0.22F;
  if (op == kRow) return 0.6F;
  if (op == kEmpty) return 0.02F;
  return hole.type == Type::kInt ? 0.25F : 0.55F;  // The inputs.
}

}  // namespace

DreamGrammar::DreamGrammar(RandomStream* random) {
  for (float& taste : taste_) taste = static_cast<float>(std::exp(kTaste * random->Normal()));
  for (std::size_t type = 0; type < operators_.size(); ++type) {
    operators_[type] = CountOperators(static_cast<Type>(type));
  }
}

float DreamGrammar::Weight(const Hole& hole, Op op) const {
  const Production& production = Of(op);
  const bool root = hole.place == kRootPlace;
  if (production.arity == 0) return root ? 0 : LeafWeight(hole, op);
  const bool leafless = root || hole.type == Type::kBool || hole.type == Type::kRows;
  const float share = leafless ? 1.0F : hole.type == Type::kList ? 0.5F : 0.35F;
  const float factor = root && op == kSingleton ? kSingletonAtRoot : 1.0F;
  return factor * share * taste_[op] / operators_[static_cast<std::size_t>(production.type)];
}

}  // namespace tesuji::env::program
