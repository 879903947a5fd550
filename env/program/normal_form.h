// One text for programs that mean the same: constants by value, operands of commutative productions
// in one order, the variables of a lambda and of the input under names that do not matter.
//
// The input's lists and numbers may come in any order: a program and its image under an exchange of
// the two lists, or of the two numbers, have the same form. Names of lambdas' variables follow from
// where they are bound; only zip_with, which is symmetric, lets them be exchanged.
// Thread-safety: free functions.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "env/program/task.h"

namespace tesuji::env::program {

/// Which variable stands for kXs, kYs, kK and kM: a renaming of the input.
using InputNames = std::array<int, 4>;

/// The renamings that exchange variables of one type, the identity first.
std::vector<InputNames> Renamings(const Signature& signature);

/// REQUIRES: CheckProgram(program).
std::string NormalForm(const Program& program);

/// Equal for lists of examples that differ in their order, in repeated ones, and in the order or
/// the names of the input's arguments.
Json ExamplesIdentity(const Signature& signature, const std::vector<Example>& examples);

/// An input by variable: {xs, ys, k, m}, null where there is none, under a renaming.
std::array<const Datum*, 4> ByVariable(const Signature& signature, const Input& input,
                                       const InputNames& names);

}  // namespace tesuji::env::program
