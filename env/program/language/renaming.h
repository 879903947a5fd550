// Inputs under other names: the lists and the numbers of a task may come in any order, and a
// program and its image under an exchange of the two lists, or of the two numbers, are the same.
// Thread-safety: free functions.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "env/program/tasks/task.h"

namespace tesuji::env::program {

/// Which variable stands for kXs, kYs, kK and kM.
using InputNames = std::array<int, 4>;
inline constexpr InputNames kOwnNames = {0, 1, 2, 3};

/// The renamings that exchange variables of one type, the identity first.
std::vector<InputNames> Renamings(const Signature& signature);

/// An input of one signature, renamed, in the order of another. REQUIRES: both have as many lists
/// and as many numbers.
Input Rearranged(const Signature& from, const Input& input, const InputNames& names,
                 const Signature& to);

/// One example with its arguments by variable.
std::string ExampleText(const Signature& signature, const Example& example,
                        const InputNames& names);

/// Equal for lists of examples that differ in their order, in repeated ones, and in the order or
/// the names of the input's arguments.
Json ExamplesIdentity(const Signature& signature, const std::vector<Example>& examples);

}  // namespace tesuji::env::program
