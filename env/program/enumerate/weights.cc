#include "env/program/enumerate/weights.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tesuji::env::program::enumerate {

Type TypeAt(int place) {
  assert(place > 0);
  const Production& parent = env::program::Of(static_cast<Op>((place - 1) / kMaxArity));
  return parent.arguments[(place - 1) % kMaxArity].type;
}

PlaceWeights Costs::UniformWeights() {
  return PlaceWeights(static_cast<std::size_t>(kScopes) * kPlaces * kOps, 1.0F);
}

Costs::Costs(std::span<const float> weights, const Vocabulary& vocabulary, double smoothing)
    : costs_(static_cast<std::size_t>(kScopes) * kPlaces * kOps, kImpossible),
      bits_(costs_.size(), 1e9F) {
  assert(weights.size() == static_cast<std::size_t>(kScopes) * kPlaces * kOps);
  for (int s = 0; s < kScopes; ++s) {
    const auto scope = static_cast<Scope>(s);
    for (int place = 0; place < kPlaces; ++place) {
      if (place > 0) {
        const Production& parent = env::program::Of(static_cast<Op>((place - 1) / kMaxArity));
        if ((place - 1) % kMaxArity >= parent.arity) continue;
      }
      // The root's type is the task's: both kinds of output share the root place.
      for (const Type type : {Type::kInt, Type::kBool, Type::kList, Type::kRows}) {
        if (place > 0 && TypeAt(place) != type) continue;
        double total = 0;
        int fitting = 0;
        for (int op = 0; op < kOps; ++op) {
          if (!Fits(static_cast<Op>(op), type, scope, vocabulary)) continue;
          total += weights[WeightIndex(scope, place) + static_cast<std::size_t>(op)];
          ++fitting;
        }
        for (int op = 0; op < kOps; ++op) {
          if (!Fits(static_cast<Op>(op), type, scope, vocabulary)) continue;
          const double share =
              total > 0 ? weights[WeightIndex(scope, place) + static_cast<std::size_t>(op)] / total
                        : 0;
          const double p = (1 - smoothing) * share + smoothing / fitting;
          const double bits = -std::log2(std::clamp(p, 1e-9, 1.0));
          const std::size_t at = WeightIndex(scope, place) + static_cast<std::size_t>(op);
          bits_[at] = static_cast<float>(bits);
          costs_[at] =
              static_cast<std::uint8_t>(std::clamp(std::lround(bits * kUnitsPerBit), 1L, 200L));
        }
      }
    }
  }
}

namespace {

double Walk(const Costs& costs, const std::vector<Op>& code, std::size_t* at, Scope scope,
            int place) {
  const Op op = code[(*at)++];
  double bits = costs.Bits(scope, place, op);
  const Production& production = Of(op);
  for (int i = 0; i < production.arity; ++i) {
    bits += Walk(costs, code, at, Inner(scope, production.arguments[i].binds), PlaceOf(op, i));
  }
  return bits;
}

}  // namespace

double Costs::BitsOf(const std::vector<Op>& code) const {
  std::size_t at = 0;
  return Walk(*this, code, &at, Scope::kClosed, kRootPlace);
}

}  // namespace tesuji::env::program::enumerate
