// The formats of task files. Each has a file of its own here; a new one is a function pair and a
// line in the list.
// Thread-safety: constants and free functions.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/problem/task_row.h"

namespace tesuji::verifier {

struct TaskFormat {
  const char* name;  ///< "MBPP"
  const char* keys;  ///< By which a row is known, for people.
  bool (*fits)(const TaskRow& row);
  Result<JudgeTask> (*read)(const TaskRow& row);
};

/// What graders of APPS, TACO and LiveCodeBench run before every answer in Python.
inline constexpr char kGraderImports[] =
    "from string import *\nfrom re import *\nfrom datetime import *\nfrom collections import *\n"
    "from heapq import *\nfrom bisect import *\nfrom copy import *\nfrom math import *\n"
    "from random import *\nfrom statistics import *\nfrom itertools import *\n"
    "from functools import *\nfrom operator import *\nfrom io import *\nfrom sys import *\n"
    "from json import *\nfrom typing import *\nfrom builtins import *\n"
    "import string, re, datetime, collections, heapq, bisect, copy, math, random, statistics\n"
    "import itertools, functools, operator, io, sys, json, typing\n"
    "sys.setrecursionlimit(50000)\n";

/// In the order in which they are asked whether a row is theirs.
const std::vector<TaskFormat>& TaskFormats();

TaskFormat VerlFormat();
TaskFormat LiveCodeBenchFormat();
TaskFormat CodeContestsFormat();
TaskFormat InputsOutputsFormat();  ///< APPS and TACO.
TaskFormat MbppFormat();
TaskFormat MultiPlEFormat();
TaskFormat HumanEvalFormat();  ///< HumanEval-X too.

/// What APPS, TACO and verl share: `value` is {"inputs": [...], "outputs": [...]} with `fn_name`
/// for calls, or `assert_case`. `key` names it in messages. Fills `work` and `refusal`.
Status FillFromInputsOutputs(const TaskRow& row, const char* key, const Json& value,
                             JudgeTask* task);

/// Calls of `entry` in Python: an input is a list of arguments, or text with a JSON value a line.
Result<FunctionTask> CallTask(const std::string& entry, const Json& inputs, const Json& outputs);

/// "1", "2", …: a text or a list of lines each.
StdioTest MakeStdioTest(std::size_t index, const Json& input, const Json& output);

/// Adds what a function task takes from its JudgeTask, and refuses what no harness can judge.
void FinishFunctionTask(FunctionTask work, JudgeTask* task);

}  // namespace tesuji::verifier
