// What each production computes from the values of its arguments: the one definition of the
// language in this program. The C and C++ printers say the same in their languages, and tests hold
// the three against each other.
// Thread-safety: free functions; the arena is the caller's.
#pragma once

#include "env/program/language/grammar.h"
#include "env/program/language/value.h"

namespace tesuji::env::program {

/// A lambda ready to be called. `arguments` has as many values as the lambda binds.
struct Function {
  Value (*call)(void* self, const Value* arguments) = nullptr;
  void* self = nullptr;
  Value operator()(const Value* arguments) const { return call(self, arguments); }
};

/// Numbers a computation may still touch; below zero it must stop. Not part of the language: what
/// runs out of it has no answer, which is not the same as a failure.
struct Fuel {
  std::int64_t left = 20'000'000;
};

/// The value of `op`. `arguments[i]` is unused where argument i is a lambda (then `functions[i]`).
/// Results live in `arena`. REQUIRES: op has arguments and is not kIfInt, kIfList, kAnd, kOr, whose
/// arguments are evaluated only when needed; no argument has failed.
Value Compute(Op op, const Value* arguments, const Function* functions, Arena* arena, Fuel* fuel);

}  // namespace tesuji::env::program
