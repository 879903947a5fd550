// Function tasks (HumanEval-X C++ as JSON lines) and their proof that the assertions ran.
//
// The candidate and the tests are two programs in two containers. The candidate's program answers
// calls; the tests' program holds the assertions, calls through a pipe, and only it can report
// success, with a nonce that never enters the candidate's container. So exit(0), a forged line, a
// patched assert or a jump into the harness prove nothing: the candidate has only its answers.
// Thread-safety: FunctionJudge::Judge() may run on many threads, each with its own Workplace.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/judge/submission_judge.h"

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

class FunctionJudge {
 public:
  FunctionJudge(Compiler& compiler, JudgeOptions options)
      : compiler_(compiler), options_(options) {}
  Result<Report> Judge(Workplace& workplace, const FunctionTask& task,
                       const FunctionSubmission& submission);

 private:
  enum class Way { kFirst, kAgain, kSanitized };
  /// `called`: false when the assertions came to their end without calling the candidate.
  TestReport RunOnce(Workplace& workplace, const Program& candidate, const Program& tests, Way way,
                     bool* called);
  void Sanitize(Workplace& workplace, const Language& language, const SourceFile& source,
                const Program& tests, Report* report);
  Compiler& compiler_;
  const JudgeOptions options_;
};

}  // namespace tesuji::verifier
