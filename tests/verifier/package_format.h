// A package with one test that tests of the format vary.
#pragma once

#include <optional>
#include <string>

#include "tests/verifier/judging_test.h"

namespace tesuji::verifier {

class PackageFormatTest : public JudgingTest {
 protected:
  /// A 2025-09 package with one test, "1 2" and "3".
  void WritePackage(const std::string& more = "") {
    Write("p/problem.yaml",
          "problem_format_version: 2025-09\nname: {en: Sum}\nlicense: cc0\n" + more);
    Write("p/data/secret/1.in", "1 2\n");
    Write("p/data/secret/1.ans", "3\n");
  }
  std::string Load() {
    auto loaded = LoadProblem(root_ / "p");
    if (!loaded) return loaded.error().message;
    problem_.emplace(std::move(*loaded));
    return "loaded";
  }
  std::optional<Problem> problem_;
};

}  // namespace tesuji::verifier
