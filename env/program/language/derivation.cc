#include "env/program/language/derivation.h"

#include <cassert>

namespace tesuji::env::program {
namespace {

/// The smallest program of a type: 0, (is_even 0), empty, (zip empty empty).
int SmallestSize(Type type) {
  switch (type) {
    case Type::kBool:
      return 2;
    case Type::kRows:
      return 3;
    default:
      return 1;
  }
}

int SmallestArguments(const Production& production) {
  int size = 0;
  for (int i = 0; i < production.arity; ++i) size += SmallestSize(production.arguments[i].type);
  return size;
}

}  // namespace

Derivation::Derivation(const Signature& signature, const Vocabulary& vocabulary, int max_nodes)
    : vocabulary_(vocabulary), max_nodes_(max_nodes), needed_(SmallestSize(signature.output)) {
  open_.push_back({signature.output, Scope::kClosed, kRootPlace});
}

void Derivation::LegalOps(std::vector<Op>* out) const {
  out->clear();
  const Hole& hole = next();
  const int others =
      static_cast<int>(code_.size()) + needed_ - SmallestSize(hole.type);  // All but this hole.
  for (const Production& production : Productions()) {
    if (!Fits(production.op, hole.type, hole.scope, vocabulary_)) continue;
    if (others + 1 + SmallestArguments(production) > max_nodes_) continue;
    out->push_back(production.op);
  }
}

void Derivation::Apply(Op op) {
  const Hole hole = next();
  const Production& production = Of(op);
  assert(Fits(op, hole.type, hole.scope, vocabulary_));
  open_.pop_back();
  needed_ += SmallestArguments(production) - SmallestSize(hole.type);
  for (int i = production.arity - 1; i >= 0; --i) {
    const Argument& argument = production.arguments[i];
    open_.push_back({argument.type, Inner(hole.scope, argument.binds), PlaceOf(op, i)});
  }
  code_.push_back(op);
}

std::vector<Hole> HolesOf(const Program& program) {
  std::vector<Hole> holes;
  Derivation derivation(program.signature, program.vocabulary(), kMaxNodes);
  for (const Op op : program.code) {
    holes.push_back(derivation.next());
    derivation.Apply(op);
  }
  return holes;
}

Program SampleProgram(const Program& like, const ProductionWeight& weight, int max_nodes,
                      RandomStream* random) {
  Derivation derivation(like.signature, like.vocabulary(), max_nodes);
  std::vector<Op> legal;
  std::vector<float> shares;
  while (!derivation.complete()) {
    derivation.LegalOps(&legal);
    if (!weight) {
      derivation.Apply(legal[random->Below(legal.size())]);
      continue;
    }
    shares.clear();
    for (const Op op : legal) shares.push_back(weight(derivation.next(), op) + 1e-6F);
    derivation.Apply(legal[random->Pick(shares)]);
  }
  return {like.signature, like.constants, derivation.code()};
}

}  // namespace tesuji::env::program
