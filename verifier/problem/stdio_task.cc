#include "verifier/problem/stdio_task.h"

#include <cctype>
#include <string_view>

#include "core/sha256.h"

namespace tesuji::verifier {
namespace {

constexpr double kUsualSeconds = 6;
constexpr std::int64_t kUsualMemoryMib = 1024;

bool IsDecimalDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::vector<std::string> FlagsFor(std::string_view answer) {
  bool point = false;
  std::size_t longest = 0;  // Digits of an integer.
  for (std::size_t at = 0; at < answer.size();) {
    const std::size_t begin = answer.find_first_not_of(" \t\r\n", at);
    if (begin == answer.npos) break;
    const std::size_t end = std::min(answer.find_first_of(" \t\r\n", begin), answer.size());
    const std::string_view token = answer.substr(begin, end - begin);
    at = end;
    std::size_t digits = 0;
    std::size_t points = 0;
    for (const char c : token) {
      digits += IsDecimalDigit(c) ? 1 : 0;
      points += c == '.' ? 1 : 0;
    }
    const std::size_t sign = token[0] == '-' || token[0] == '+' ? 1 : 0;
    if (digits > 0 && points == 1 && digits + points + sign == token.size()) point = true;
    if (digits > 0 && digits + sign == token.size()) longest = std::max(longest, digits);
  }
  std::vector<std::string> flags = {"case_sensitive"};
  if (point && longest <= 5) flags.insert(flags.end(), {"float_tolerance", "1e-6"});
  return flags;
}

}  // namespace

Problem MakeProblem(const std::string& name, const StdioTask& task) {
  Problem problem;
  problem.name = name;
  problem.format = "folder";
  problem.limits.time_seconds = task.time_seconds.value_or(kUsualSeconds);
  problem.limits.memory_mib = task.memory_mib.value_or(kUsualMemoryMib);
  Sha256 hash;
  for (const StdioTest& test : task.tests) {
    hash.Update(test.input).Update("\n").Update(test.answer).Update("\n");
    TestCase made;
    made.name = test.name;
    made.input = MakeMemoryFile(test.input, "input");
    made.answer = test.answer;
    made.validator_flags = FlagsFor(test.answer);
    problem.tests.push_back(std::move(made));
  }
  problem.sha256 = hash.FinishHex();
  return problem;
}

}  // namespace tesuji::verifier
