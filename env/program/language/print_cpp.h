// A program as C++ for people to read and any judge to run.
//
// The text defines the few helpers that the program uses, then Solve(), then a main() that reads
// the inputs from standard input (a list as its length and its numbers) and prints the result. A
// failure of the language is an exception, so the process ends with an error.
// Thread-safety: free functions.
#pragma once

#include <string>

#include "env/program/language/program.h"

namespace tesuji::env::program {

struct CppOptions {
  bool with_main = true;
  std::string solve_name = "Solve";
  bool with_helpers = true;  ///< Includes and helpers before it.
};

/// REQUIRES: CheckProgram(program).
std::string ToCpp(const Program& program, const CppOptions& options = {});

}  // namespace tesuji::env::program
