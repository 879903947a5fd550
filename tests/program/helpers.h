// Short ways to write programs and examples in tests.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "env/program/tasks/task.h"

namespace tesuji::env::program {

inline Datum ListOf(std::vector<std::int32_t> list) { return {Type::kList, 0, std::move(list)}; }
inline Datum NumberOf(std::int32_t number) { return {Type::kInt, number, {}}; }

inline std::optional<Op> Named(std::string_view name) {
  for (const Production& production : Productions()) {
    if (production.name == name) return production.op;
  }
  return std::nullopt;
}

/// Reads what ToText() wrote; `like` gives signature and constants.
inline Result<Program> ParseProgram(std::string_view text, const Program& like) {
  Program program{like.signature, like.constants, {}};
  // Parentheses are only checked for balance against the arities, by CheckProgram() below.
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '(' || c == ')' || c == ' ') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find_first_of("() ", at), text.size());
    const std::string_view name = text.substr(at, end - at);
    const auto op = Named(name);
    if (!op) return Fail(fmt::format("program: unknown word \"{}\"", name));
    program.code.push_back(*op);
    at = end;
  }
  if (Status status = CheckProgram(program); !status) return tl::unexpected(status.error());
  return program;
}

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
