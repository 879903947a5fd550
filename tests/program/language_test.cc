#include <gtest/gtest.h>

#include <algorithm>

#include "env/program/language/derivation.h"
#include "env/program/language/print_c.h"
#include "env/program/language/print_cpp.h"
#include "tests/program/helpers.h"

namespace tesuji::env::program {
namespace {

std::string Number(const std::string& text, std::vector<std::int32_t> xs) {
  return RunText(text, std::move(xs), Type::kInt);
}

TEST(ProgramLanguage, PositionsCountFromOne) {
  EXPECT_EQ(Number("(nth 1 xs)", {5, 6}), "5");
  EXPECT_EQ(Number("(nth 2 xs)", {5, 6}), "6");
  EXPECT_EQ(Number("(nth 0 xs)", {5, 6}), "failed");
  EXPECT_EQ(Number("(nth 3 xs)", {5, 6}), "failed");
  EXPECT_EQ(Number("(find (== x 6) xs)", {5, 6}), "2");
  EXPECT_EQ(Number("(find (== x 7) xs)", {5, 6}), "0");
  EXPECT_EQ(RunText("(mapi x xs)", {9, 9, 9}), "[1,2,3]");
}

TEST(ProgramLanguage, PartsAreClampedToTheList) {
  EXPECT_EQ(RunText("(take 9 xs)", {1, 2}), "[1,2]");
  EXPECT_EQ(RunText("(take c1 xs)", {1, 2}), "[]");
  EXPECT_EQ(RunText("(drop c1 xs)", {1, 2}), "[1,2]");
  EXPECT_EQ(RunText("(take_last 1 xs)", {1, 2}), "[2]");
  EXPECT_EQ(RunText("(drop_last 1 xs)", {1, 2}), "[1]");
  EXPECT_EQ(RunText("(slice 2 9 xs)", {1, 2, 3}), "[2,3]");
  EXPECT_EQ(RunText("(slice 3 2 xs)", {1, 2, 3}), "[]");
  EXPECT_EQ(RunText("(cut_slice 2 3 xs)", {1, 2, 3, 4}), "[1,4]");
  EXPECT_EQ(RunText("(cut_index 9 xs)", {1, 2}), "[1,2]");
  EXPECT_EQ(RunText("(insert 7 9 xs)", {1, 2}), "[1,2,7]");
  EXPECT_EQ(RunText("(splice k0 2 xs)", {1, 2}), "[1,8,2,7,2]");
  EXPECT_EQ(RunText("(replace 9 7 xs)", {1, 2}), "[1,2]");
  EXPECT_EQ(RunText("(swap 1 3 xs)", {1, 2, 3}), "[3,2,1]");
}

TEST(ProgramLanguage, FailsOnOverflowDivisionByZeroAndEmptyLists) {
  EXPECT_EQ(Number("(product xs)", {2000000000, 1}), "2000000000");
  EXPECT_EQ(Number("(product xs)", {2000000000, 2}), "failed");
  EXPECT_EQ(Number("(+ (first xs) 1)", {2000000000}), "failed");
  EXPECT_EQ(Number("(/ 1 (length xs))", {}), "failed");
  EXPECT_EQ(Number("(% 1 (length xs))", {}), "failed");
  EXPECT_EQ(Number("(max xs)", {}), "failed");
  EXPECT_EQ(Number("(first xs)", {}), "failed");
  EXPECT_EQ(RunText("(repeat 1 (first xs))", {1025}), "failed");
  EXPECT_EQ(RunText("(range 1 (first xs))", {2000}), "failed");
}

TEST(ProgramLanguage, DivisionTruncatesAsInC) {
  EXPECT_EQ(Number("(/ c1 2)", {}), "-1");
  EXPECT_EQ(Number("(% c1 2)", {}), "-1");
}

TEST(ProgramLanguage, EvaluatesOnlyTheBranchThatIsChosen) {
  EXPECT_EQ(Number("(if (== 0 (length xs)) 7 (first xs))", {}), "7");
  EXPECT_EQ(RunText("(if_list (and (< 0 (length xs)) (== 1 (first xs))) empty xs)", {}), "[]");
  EXPECT_EQ(Number("(if (or (== 0 (length xs)) (== 1 (first xs))) 1 2)", {}), "1");
}

TEST(ProgramLanguage, LambdasSeeWhatIsAroundThem) {
  EXPECT_EQ(RunText("(map (+ x (first xs)) xs)", {1, 2}), "[2,3]");
  EXPECT_EQ(RunText("(map (count (== x y) xs) xs)", {4, 5, 4}), "[2,1,2]");
  EXPECT_EQ(Number("(fold (+ (* x 10) y) 0 xs)", {1, 2, 3}), "123");
  EXPECT_EQ(RunText("(scan (max2 x y) xs)", {1, 3, 2}), "[1,3,3]");
  EXPECT_EQ(RunText("(filteri (is_odd x) xs)", {7, 8, 9}), "[7,9]");
  EXPECT_EQ(RunText("(zip_with (- x y) xs (reverse xs))", {1, 5}), "[-4,4]");
}

TEST(ProgramLanguage, RowsAreGroupedZippedAndFlattened) {
  EXPECT_EQ(RunText("(map_rows (length row) (group x xs))", {3, 1, 3}), "[2,1]");
  EXPECT_EQ(RunText("(flatten (zip xs (reverse xs)))", {1, 2, 3}), "[1,3,2,2,3,1]");
  EXPECT_EQ(RunText("(flatten (map_to_rows (repeat x x) xs))", {2, 0, 1}), "[2,2,1]");
  EXPECT_EQ(RunText("(flatten (filter_rows (< 1 (length row)) (group x xs)))", {3, 1, 3}), "[3,3]");
  EXPECT_EQ(RunText("(flatten (change_rows (take 1 row) (group (% x 2) xs)))", {3, 1, 4}), "[3,4]");
  EXPECT_EQ(RunText("(nth_row 2 (group x xs))", {3, 1, 3}), "[1]");
  EXPECT_EQ(RunText("(sort_by (% x 10) xs)", {21, 13, 11}), "[21,11,13]");
}

TEST(ProgramLanguage, StopsWithoutAnAnswerWhenFuelRunsOut) {
  Runner runner(1000);
  const Program program = Parse("(map (sum (map y xs)) xs)");
  const RunOutcome outcome = runner.Run(program, {ListOf(std::vector<std::int32_t>(500, 1))});
  EXPECT_EQ(outcome.ending, Ending::kOutOfFuel);
}

TEST(ProgramText, RoundTripsAndRefusesWhatDoesNotFit) {
  const Program program = Parse("(map (+ x (first xs)) (take 3 xs))");
  EXPECT_EQ(ToText(program), "(map (+ x (first xs)) (take 3 xs))");
  for (const char* wrong : {"(take 3)", "(take xs 3)", "x", "(map y xs)", "(nothing xs)",
                            "(take 3 xs) xs", "", "(map (mapi x xs) xs)"}) {
    EXPECT_FALSE(ParseProgram(wrong, program)) << wrong;
  }
}

TEST(ProgramText, ConstantsOfThePoolAreWrittenOutForPeople) {
  EXPECT_EQ(ToReadableText(Parse("(concat k0 (singleton c0))")), "(concat [8 2 7] (singleton 47))");
}

TEST(ProgramDerivation, EveryChoiceLeadsToAWholeProgramOfBoundedSize) {
  RandomStream random(7);
  Program like;
  like.constants.ints = {47};
  for (int i = 0; i < 2000; ++i) {
    const int most = 3 + static_cast<int>(random.Below(20));
    const Program program = SampleProgram(like, {}, most, &random);
    ASSERT_TRUE(CheckProgram(program));
    ASSERT_LE(static_cast<int>(program.code.size()), most);
  }
}

TEST(ProgramCpp, DefinesOnlyTheHelpersThatAreUsed) {
  const std::string text = ToCpp(Parse("(reverse xs)"));
  EXPECT_NE(text.find("List Reverse(List list)"), std::string::npos);
  EXPECT_EQ(text.find("List Sort("), std::string::npos);
  EXPECT_NE(text.find("return Reverse(xs);"), std::string::npos);
}

TEST(ProgramC, NeedsNoHeader) {
  EXPECT_EQ(ToC(Parse("(sort xs)"), "p").find("#include"), std::string::npos);
}

TEST(ProgramCpp, ConstantsAreNotMultipliedAsInts) {
  Program like;
  like.constants.ints = {2'000'000'000};
  const Program program = ParseProgram("(singleton (* c0 9))", like).value();
  EXPECT_NE(ToCpp(program).find("Checked(Int{2000000000} * 9)"), std::string::npos);
}

}  // namespace
}  // namespace tesuji::env::program
