// Short ways to write programs and examples in tests.
#pragma once

#include <string>
#include <vector>

#include "env/program/tasks/task.h"

namespace tesuji::env::program {

inline Datum ListOf(std::vector<std::int32_t> list) { return {Type::kList, 0, std::move(list)}; }
inline Datum NumberOf(std::int32_t number) { return {Type::kInt, number, {}}; }

inline Program Parse(const std::string& text, Type output = Type::kList) {
  Program like;
  like.signature.output = output;
  like.constants.ints = {47, -3};
  like.constants.lists = {{8, 2, 7}};
  return ParseProgram(text, like).value();
}

/// The result as text: "[1,2]", "7" or "failed".
inline std::string RunText(const std::string& text, std::vector<std::int32_t> xs,
                           Type output = Type::kList) {
  Runner runner;
  const RunOutcome outcome = runner.Run(Parse(text, output), {ListOf(std::move(xs))});
  if (outcome.ending == Ending::kFailed) return "failed";
  if (outcome.ending == Ending::kOutOfFuel) return "out of fuel";
  return ToJson(outcome.value).dump();
}

/// A task from pairs of input and output.
inline ProgramTask TaskOf(
    const std::vector<std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>>& pairs) {
  ProgramTask task;
  task.id = "test";
  for (const auto& [in, out] : pairs) task.seen.push_back({{ListOf(in)}, ListOf(out)});
  task.constants = MineConstants(task.seen);
  return task;
}

}  // namespace tesuji::env::program
