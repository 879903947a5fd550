// Tasks: examples that say what a program should do. Read from JSON and JSONL, checked; constants
// worth copying are found in them.
//
// A task's JSON: {"id": text, "seen": [{"input": …, "output": …}, …], "unseen": […]}. "examples"
// may stand for "seen"; "unseen" may be missing. An input is a number, a list of numbers, or a list
// of arguments (numbers and lists, in order) of which one is a list. "inputs" instead of "input" is
// always a list of arguments: {"inputs": [48, 18], "output": 6} has two numbers. An output is a
// number or a list of numbers.
// Thread-safety: plain values, free functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "env/program/language/evaluator.h"

namespace tesuji::env::program {

inline constexpr int kMaxExamples = 64;

struct Example {
  Input input;
  Datum output;
  friend bool operator==(const Example&, const Example&) = default;
};

struct ProgramTask {
  std::string id;
  Signature signature;
  std::vector<Example> seen;    ///< What search may look at.
  std::vector<Example> unseen;  ///< Held out: only judges solutions.
  ConstantPool constants;       ///< MineConstants() of `seen`.

  Program EmptyProgram() const { return {signature, constants, {}}; }
};

/// Fails with one line that names `where` and what is wrong (types that disagree, examples that
/// contradict each other, numbers out of range).
Result<ProgramTask> TaskFromJson(const Json& json, const std::string& where);
Json ToJson(const ProgramTask& task);
/// One task a line; a message names file and line.
Result<std::vector<ProgramTask>> LoadTasks(const std::filesystem::path& path);
/// A file with one task: an object, or a list of examples.
Result<ProgramTask> LoadTask(const std::filesystem::path& path);

Json ToJson(const Datum& datum);

/// Numbers and lists that outputs share and inputs do not explain, thresholds that separate kept
/// elements from dropped ones, and numbers that many inputs have.
ConstantPool MineConstants(const std::vector<Example>& examples);

/// How many of the first examples `program` answers rightly; stops at the first it does not when
/// `all` is false.
int CountRight(Runner* runner, const Program& program, const std::vector<Example>& examples,
               bool all = true);

}  // namespace tesuji::env::program
