// The default output validator, by hand and against the golden cases of another implementation.
#include "verifier/problem/default_validator.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "core/files.h"

namespace tesuji::verifier {
namespace {

namespace fs = std::filesystem;

bool Same(const std::string& answer, const std::string& output, const std::string& flags = "") {
  std::istringstream stream(flags);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return !FirstDifference(answer, output, ParseValidatorFlags(words).value());
}

TEST(DefaultValidator, IgnoresCaseAndAmountOfSpaceByDefault) {
  EXPECT_TRUE(Same("Yes 1\n", "  yes\n\n1"));
  EXPECT_FALSE(Same("Yes 1\n", "yes 1", "case_sensitive"));
  EXPECT_FALSE(Same("Yes 1\n", "Yes  1\n", "space_change_sensitive"));
  EXPECT_FALSE(Same("a\n", "a", "space_change_sensitive"));
  EXPECT_FALSE(Same("1 2", "12"));
}

TEST(DefaultValidator, NamesMissingAndTrailingTokens) {
  EXPECT_EQ(FirstDifference("1 2\n3", "1 2\n", {}), "line 2: ends where '3' is expected");
  EXPECT_EQ(FirstDifference("1", "1\n2", {}), "line 2: trailing '2'");
}

TEST(DefaultValidator, ShowsWhereLongTokensPart) {
  const std::string same(100, 'x');
  EXPECT_EQ(FirstDifference(same + "a1", same + "B", {}),
            "line 1: byte 101 of a token: expected 'a1', got 'B'");
  EXPECT_EQ(FirstDifference(same + "a", same, {}),
            "line 1: byte 101 of a token: expected 'a', got ''");
}

TEST(DefaultValidator, ComparesNumbersOnlyWithinTolerances) {
  EXPECT_FALSE(Same("0.5", "0.50"));
  EXPECT_TRUE(Same("0.5", "5e-1", "float_tolerance 0"));
  EXPECT_TRUE(Same("1000", "1001", "float_relative_tolerance 0.01"));
  EXPECT_FALSE(Same("1000", "1001", "float_absolute_tolerance 0.01"));
  EXPECT_FALSE(Same("0", "nan", "float_tolerance 1"));
  EXPECT_FALSE(Same("16", "0x10", "float_tolerance 1"));
}

TEST(DefaultValidator, RefusesUnknownFlags) {
  EXPECT_FALSE(ParseValidatorFlags({"float_tolerance"}));
  EXPECT_FALSE(ParseValidatorFlags({"float_tolerance", "x"}));
  EXPECT_FALSE(ParseValidatorFlags({"tolerant"}));
}

TEST(DefaultValidator, PassesGoldenCases) {
  const char* data = std::getenv("TESUJI_TEST_DATA");
  const fs::path folder =
      fs::path(data == nullptr ? "" : data) / "kattis/tests/default_validator_tests";
  if (data == nullptr || !fs::exists(folder)) {
    GTEST_SKIP() << "TESUJI_TEST_DATA does not name a folder with kattis/tests";
  }
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto read = [&](const char* name) { return ReadFile(entry.path() / name).value_or(""); };
    const bool accept = std::atoi(read("expected_exit_code.txt").c_str()) == 42;
    EXPECT_EQ(Same(read("judge.ans"), read("user.out"), read("args.txt")), accept)
        << entry.path().filename();
    ++count;
  }
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace tesuji::verifier
