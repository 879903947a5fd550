// Generated code is compiled and run against the plain product: the judge of a scheme that has
// nothing in common with the walker or with the tensor check.
#include "env/matmul/codegen.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "env/matmul/discover.h"
#include "tests/matmul/known_schemes.h"

namespace tesuji::env::matmul {
namespace {

// Exit code of the self test of `scheme`; -1: it did not compile.
int CompileAndRun(const Scheme& scheme, const std::string& name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("matmul_" + name);
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "test.cc") << GenerateSelfTest(scheme, 20);
  const std::string binary = (folder / "test").string();
  const std::string compile =
      "c++ -std=c++17 -O1 -Wall -Wextra -Werror -o " + binary + " " + (folder / "test.cc").string();
  int code = -1;
  if (std::system(compile.c_str()) == 0) {
    code = std::system(binary.c_str()) == 0 ? 0 : 1;
  }
  std::filesystem::remove_all(folder);
  return code;
}

bool HasCompiler() { return std::system("c++ --version > /dev/null 2>&1") == 0; }

Scheme Find(const Format& format, Ring ring, int target) {
  DiscoverOptions options;
  options.format = format;
  options.ring = ring;
  options.target_rank = target;
  options.stage_effort = 100;
  options.walk_flips = 1'000'000;
  options.max_flips = 3'000'000'000;
  const auto result = DiscoverSchemes(options, {});
  EXPECT_TRUE(result.has_value() && result->rank == target) << format.ToText();
  return result->best.front();
}

TEST(GeneratedCode, MultipliesWithKnownSchemes) {
  if (!HasCompiler()) GTEST_SKIP() << "no c++ on the path";
  EXPECT_EQ(CompileAndRun(Strassen(), "strassen"), 0);
  EXPECT_EQ(CompileAndRun(Modulo2(Strassen()), "strassen_z2"), 0);
  EXPECT_EQ(CompileAndRun(StandardScheme({2, 3, 4}, Ring::kTernary), "standard"), 0);
}

TEST(GeneratedCode, OfAWrongSchemeFailsItsTest) {
  if (!HasCompiler()) GTEST_SKIP() << "no c++ on the path";
  Scheme wrong = Strassen();
  wrong.terms[3][2].plus ^= 1U << 1;
  EXPECT_EQ(CompileAndRun(wrong, "wrong"), 1);
  wrong = Modulo2(Strassen());
  wrong.terms[3][2].plus ^= 1U << 1;
  EXPECT_EQ(CompileAndRun(wrong, "wrong_z2"), 1);
}

TEST(GeneratedCode, MultipliesWithFoundSchemes) {
  if (!HasCompiler()) GTEST_SKIP() << "no c++ on the path";
  EXPECT_EQ(CompileAndRun(Find({3, 3, 3}, Ring::kZ2, 23), "found_z2"), 0);
  EXPECT_EQ(CompileAndRun(Find({3, 3, 3}, Ring::kTernary, 23), "found_ternary"), 0);
  EXPECT_EQ(CompileAndRun(Find({2, 3, 4}, Ring::kTernary, 20), "found_234"), 0);
  EXPECT_EQ(CompileAndRun(Find({4, 4, 4}, Ring::kTernary, 49), "found_444"), 0);
}

}  // namespace
}  // namespace tesuji::env::matmul
