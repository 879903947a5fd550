// One text for programs that mean the same: constants by value, operands of commutative productions
// in one order, the variables of a lambda and of the input under names that do not matter.
//
// A program and its image under a renaming of the input (renaming.h) have the same form. Names of
// lambdas' variables follow from where they are bound; only zip_with, which is symmetric, lets them
// be exchanged.
// Thread-safety: free functions.
#pragma once

#include <string>

#include "env/program/language/program.h"

namespace tesuji::env::program {

/// REQUIRES: CheckProgram(program).
std::string NormalForm(const Program& program);

}  // namespace tesuji::env::program
