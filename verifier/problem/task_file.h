// Files of tasks and of answers: one JSON object a line, or one JSON array of objects. Which format
// a row has is told by its keys (formats/formats.h).
// Thread-safety: free functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/problem/task_row.h"

namespace tesuji::verifier {

/// By its name: .jsonl, .json or .ndjson.
bool HoldsTaskRows(const std::filesystem::path& file);

/// The task of a row in any format.
Result<JudgeTask> ReadTask(const TaskRow& row);

/// Fails naming file, line, key and what was expected, and when two tasks have one id. A task that
/// is well-formed and cannot be judged has a refusal.
Result<std::vector<JudgeTask>> LoadTasks(const std::filesystem::path& file);
/// The same for text that has been read; `name` stands for the file in messages.
Result<std::vector<JudgeTask>> ParseTasks(const std::string& text, const std::string& name);

/// Rows of {task_id, solution}; other names of these keys are known too (docs/task-formats.md).
Result<std::vector<FunctionSubmission>> LoadAnswers(const std::filesystem::path& file);
Result<std::vector<FunctionSubmission>> ParseAnswers(const std::string& text,
                                                     const std::string& name);

}  // namespace tesuji::verifier
