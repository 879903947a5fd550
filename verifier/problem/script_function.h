// A function task in Python or JavaScript as the sources of two programs: the candidate's, which
// answers calls, and the tests', which holds the checks.
// Thread-safety: free functions and values.
#pragma once

#include <string>
#include <vector>

#include "verifier/compile/compiler.h"
#include "verifier/problem/function_task.h"

namespace tesuji::verifier {

struct ScriptPrograms {
  std::vector<SourceFile> candidate;
  /// The answer alone, for a compiler that looks at one file only; empty: at all of `candidate`.
  std::vector<SourceFile> answer;
  std::vector<SourceFile> tests;
  std::vector<SourceFile> tests_data;  ///< Beside the tests' program, not compiled.
};

/// Whether `language` has a harness for function tasks.
bool HasScriptHarness(const std::string& language);

/// A body, a body that lost its first indentation, a whole function and a fenced answer give the
/// same program.
ScriptPrograms MakeScriptPrograms(const FunctionTask& task, const std::string& answer);

/// The function that a prompt ends with; empty: none.
std::string EntryOfPrompt(const std::string& prompt, const std::string& language);

}  // namespace tesuji::verifier
