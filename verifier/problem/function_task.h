// Function tasks: a function is asked for, and code or calls check it. Each format's reader makes
// these (task_file.h); judge/function_judge.h judges them.
// Thread-safety: plain values.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace tesuji::verifier {

/// One test of a function task in Python or JavaScript: code with assertions, or a call.
struct FunctionCheck {
  std::string name;
  std::string code;  ///< Empty: `entry_point` is called.
  Json arguments = Json::array();
  Json expected = Json::array();  ///< Results any of which is right.
};

struct FunctionTask {
  std::string id;
  std::string prompt;       ///< The program's beginning up to the function's body; may be empty.
  std::string declaration;  ///< C++: the same as a compiler wants it; ends with an opening brace.
  std::string canonical_solution;
  std::string test;  ///< C++: defines main() and asserts. Otherwise what stands before the checks.
  std::string language = "cpp17";  ///< Or "python3", "javascript".
  std::string entry_point = {};    ///< Of Python and JavaScript; empty: as the checks call it.
  std::vector<FunctionCheck> checks = {};
  std::string prelude = {};  ///< Run before the candidate: imports that a format's graders add.
  std::string where = {};    ///< "tasks.jsonl:3", for messages.
};

struct FunctionSubmission {
  std::string name;
  std::string task_id;
  std::string solution;  ///< A body, a whole function or program, or an answer with fenced code.
  std::string language;  ///< Of the table; empty: the task's, or as the answer says.
};

}  // namespace tesuji::verifier
