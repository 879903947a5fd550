// A task whose tests are texts for standard input and output, in JSON instead of a folder.
// Thread-safety: plain values and free functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verifier/problem/problem.h"

namespace tesuji::verifier {

struct StdioTest {
  std::string name;
  std::string input;
  std::string answer;
};

struct StdioTask {
  std::vector<StdioTest> tests;
  std::optional<double> time_seconds;
  std::optional<std::int64_t> memory_mib;
  /// Python that the format's graders run before an answer: tried where one fails without it.
  std::string prelude = {};
};

/// The same problem that a folder of .in and .ans files makes. Tokens are compared case by case;
/// numbers with a decimal point may differ by 1e-6, where no integer of the answer has so many
/// digits that this would matter to it.
Problem MakeProblem(const std::string& name, const StdioTask& task);

}  // namespace tesuji::verifier
