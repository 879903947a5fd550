// A program: its productions in prefix order (the leftmost derivation), and its constants.
//
// Productions copy constants from a task's pool by number; the pool travels with the program, so
// that it means the same everywhere. Well-formed by construction: Parse() and Read() check types,
// scopes and size.
// Thread-safety: plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "env/program/language/grammar.h"

namespace tesuji::env::program {

inline constexpr int kMaxNodes = 48;

/// Constants that a task offers: numbers and lists taken from its examples.
struct ConstantPool {
  std::vector<std::int32_t> ints;                ///< At most kIntPool.
  std::vector<std::vector<std::int32_t>> lists;  ///< At most kListPool.
  friend bool operator==(const ConstantPool&, const ConstantPool&) = default;
};

/// What goes in and out. Inputs are in the order in which they are read.
struct Signature {
  std::vector<Type> inputs = {Type::kList};  ///< kInt or kList; at most two of each.
  Type output = Type::kList;                 ///< kInt or kList.
  friend bool operator==(const Signature&, const Signature&) = default;
  /// The production that reads input i.
  Op VariableOf(int input) const;
  int InputMask() const;
};

struct Program {
  Signature signature;
  ConstantPool constants;
  std::vector<Op> code;

  Vocabulary vocabulary() const {
    return {signature.InputMask(), static_cast<int>(constants.ints.size()),
            static_cast<int>(constants.lists.size())};
  }
};

/// The index behind the subtree that starts at `at`. REQUIRES: complete code.
std::size_t SubtreeEnd(const std::vector<Op>& code, std::size_t at);

/// Success when `code` is one whole tree of the signature's output type.
Status CheckProgram(const Program& program);

/// "(take 3 xs)". Constants of the pool appear as "c0" and "k1".
std::string ToText(const Program& program);
/// The same with the constants written out, for people.
std::string ToReadableText(const Program& program);

}  // namespace tesuji::env::program
