// A C++ function task split into the two programs that judge/function_judge.h lets talk to each
// other, and answers put into the candidate's.
// Thread-safety: free functions and values.
#pragma once

#include <string>
#include <vector>

#include "verifier/problem/function_task.h"

namespace tesuji::verifier {

/// The two programs of a task.
struct SplitTask {
  std::string name;        ///< Of the function.
  std::string includes;    ///< What stands before every task.
  std::string harness;     ///< Directives that include what its types need of the harness.
  std::string preamble;    ///< What stands before the signature.
  std::string class_head;  ///< "class Solution { public:" for a method; else empty.
  std::string class_name;
  std::string signature;   ///< Up to the closing parenthesis.
  std::string parameters;  ///< Their names, as arguments.
  std::string tests;       ///< The whole of the other program.
  /// The same, where the function's name means this function whatever else is called like it.
  std::string pointed_tests;
  /// The tests can fail in another way than by an assertion that they reach: where an exception is
  /// awaited, a right answer reaches none.
  bool fails_otherwise = false;
};

/// The ways to read the task, best first: its declaration, then its prompt, for tasks whose
/// declaration is broken. Fails, naming the task's place, when neither has a signature or when the
/// function's types cannot pass from one program to the other.
Result<std::vector<SplitTask>> SplitFunctionTask(const FunctionTask& task);

/// The candidate's program for an answer, in the forms to be tried until one compiles. A body, a
/// body without its last brace and a whole function are told apart by their text.
std::vector<std::string> CandidateSources(const SplitTask& task, const std::string& answer);

}  // namespace tesuji::verifier
