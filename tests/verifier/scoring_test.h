// Small scoring packages in the manner of IOI, and programs that know the answer up to some n only.
// Inputs are n, right outputs are 2n.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>

#include "tests/verifier/judging_test.h"

namespace tesuji::verifier {

inline constexpr char kScoring2025[] = "problem_format_version: 2025-09\nname: A\ntype: scoring\n";

class ScoringTest : public JudgingTest {
 protected:
  /// A test of the input n, "secret/1/a".
  void Test(const std::string& name, int n) {
    Write("p/data/" + name + ".in", fmt::format("{}\n", n));
    Write("p/data/" + name + ".ans", fmt::format("{}\n", 2 * n));
  }
  /// A program that is right up to n.
  static std::string Knows(int n) {
    return fmt::format("n = int(input())\nprint(2 * n if n <= {} else -1)\n", n);
  }
  std::string Load() {
    auto problem = LoadProblem(root_ / "p");
    if (!problem) return problem.error().message;
    problem_ = std::make_unique<Problem>(std::move(*problem));
    return "loaded";
  }
  void Remove(const std::string& name) { std::filesystem::remove(root_ / name); }
  /// "AC 40", or what failed.
  std::string Judged(const std::string& program, JudgeOptions options = {}) {
    if (const std::string loaded = Load(); loaded != "loaded") return loaded;
    const std::string verdict = Verdict(*problem_, "a.py", program, options);
    if (verdict == "IE") return "IE: " + last_.message;
    return last_.score ? fmt::format("{} {}", verdict, *last_.score) : verdict;
  }
  /// "secret/1 AC 40, …"
  std::string Groups() const {
    std::string out;
    for (const GroupReport& group : last_.groups) {
      out += fmt::format("{}{} {} {}", out.empty() ? "" : ", ", group.name,
                         env::VerdictName(group.verdict), group.score);
    }
    return out;
  }
  /// An output validator in Python that knows n and the program's number x; it ends with `says`.
  void Validator(const std::string& folder, const std::string& says) {
    Write("p/" + folder + "/check.py",
          "import sys\nn = int(open(sys.argv[1]).read())\nx = int(sys.stdin.read())\n"
          "def give(name, text): open(sys.argv[3] + name, 'w').write(str(text))\n" +
              says + "\nsys.exit(42 if x == 2 * n else 43)\n");
  }

  std::unique_ptr<Problem> problem_;
};

}  // namespace tesuji::verifier
