// Function tasks (HumanEval-X C++ as JSON lines), each split into the two programs that
// judge/function_judge.h lets talk to each other.
// Thread-safety: plain values and free functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace tesuji::verifier {

struct FunctionTask {
  std::string id;
  std::string prompt;
  std::string declaration;  ///< Includes, helpers, and the signature with its opening brace.
  std::string canonical_solution;
  std::string test;  ///< Defines main() and asserts.
};

struct FunctionSubmission {
  std::string name;
  std::string task_id;
  std::string solution;  ///< Follows the declaration's opening brace.
};

/// Fails naming file, line and key.
Result<std::vector<FunctionTask>> LoadFunctionTasks(const std::filesystem::path& file);
Result<std::vector<FunctionSubmission>> LoadFunctionSubmissions(const std::filesystem::path& file);

/// The two programs of a task.
struct SplitTask {
  std::string candidate_prefix;  ///< Up to the solution.
  std::string candidate_suffix;  ///< The server.
  std::string tests;             ///< The whole of the other program.
  /// The same, where the function's name means this function whatever else is called like it.
  std::string pointed_tests;
};
/// Fails when the signature cannot be found in the declaration.
Result<SplitTask> SplitFunctionTask(const FunctionTask& task);

}  // namespace tesuji::verifier
