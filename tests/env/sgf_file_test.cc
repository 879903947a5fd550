#include "env/go/sgf_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "env/go/charset.h"

namespace tesuji::env::go {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

std::vector<SgfEntry> ReadEntries(const std::string& bytes) {
  auto entries = ReadSgfFile(bytes);
  EXPECT_TRUE(entries) << entries.error().message;
  return entries ? std::move(*entries) : std::vector<SgfEntry>();
}

// "ok" for whole games, "-" for broken ones.
std::string Shape(const std::string& bytes) {
  std::string shape;
  for (const SgfEntry& entry : ReadEntries(bytes)) shape += entry.problem.empty() ? "ok " : "- ";
  return shape;
}

std::string SmallGame(const std::string& rest) { return "(;GM[1]FF[4]SZ[9];B[ee]" + rest + ")\n"; }

TEST(SgfFile, KeepsWholeGamesBesideBrokenOnes) {
  const std::string cut = "(;GM[1]FF[4]SZ[9];B[dd];W[cc]\n";
  EXPECT_EQ(Shape(SmallGame("") + cut), "ok - ");
  EXPECT_EQ(Shape(cut + SmallGame("")), "- ok ");
  EXPECT_EQ(Shape(SmallGame("") + cut + SmallGame("") + cut + cut + SmallGame("")),
            "ok - ok - - ok ");
  EXPECT_EQ(Shape("(;GM[1]SZ[9];B[dd" + SmallGame("")), "- ok ") << "cut off inside a value";
  EXPECT_EQ(Shape("(;GM[1]SZ[9];B[dd]C[and so" + SmallGame("") + SmallGame("")), "- ok ok ");
  EXPECT_EQ(Shape("(;GM[1]SZ[9];B[dd] 5 ])" + SmallGame("")), "- ok ");
  EXPECT_EQ(Shape("(;GM[1]SZ[9];B[dd](;W[ee](;B[ff])" + SmallGame("(;W[aa])(;W[bb])")), "- ok ");
}

TEST(SgfFile, TellsWhereABrokenGameBreaks) {
  const auto entries = ReadEntries(SmallGame("") + "(;GM[1]FF[4]SZ[9];B[dd]\n" + SmallGame(""));
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_THAT(entries[1].problem, HasSubstr("line 3, column 1"));
  EXPECT_THAT(entries[1].problem, HasSubstr("the one before has not ended"));
}

TEST(SgfFile, DoesNotTakeTextInCommentsForGames) {
  EXPECT_EQ(Shape(SmallGame("C[see (;GM[1\\]SZ[9\\];B[aa\\])]") + SmallGame("")), "ok ok ");
  EXPECT_EQ(Shape("(;B[aa])(;B[bb](;W[cc])(;W[dd]))"), "ok ok ");
}

TEST(SgfFile, ReadsEachGameInItsCharacterSet) {
  const auto entries = ReadEntries(
      "(;GM[1]CA[Shift_JIS]PB[\x83\x5c]PW[x];B[ee])"
      "(;GM[1]PB[\xce\xa7\xc6\xe5]CA[gb2312];B[ee])"
      "(;GM[1]CA[UTF-8]PB[ü];B[ee])"
      "(;GM[1]PB[M\xfcller];B[ee])"
      "(;GM[1]PB[plain];B[ee])");
  ASSERT_EQ(entries.size(), 5U);
  EXPECT_EQ(entries[0].game.nodes[0].Value("PB"), "ソ");
  EXPECT_EQ(entries[0].game.nodes[0].Value("PW"), "x");
  EXPECT_EQ(entries[1].game.nodes[0].Value("PB"), "围棋");
  EXPECT_EQ(entries[2].game.nodes[0].Value("PB"), "ü");
  EXPECT_EQ(entries[3].game.nodes[0].Value("PB"), "Müller");
  for (const SgfEntry& entry : entries) EXPECT_EQ(entry.remark, "");
}

TEST(SgfFile, SaysWhatItCouldNotDecode) {
  const auto entries = ReadEntries(
      "(;GM[1]CA[martian]PB[M\xfcller];B[ee])"
      "(;GM[1]CA[UTF-8]PB[M\xfcller];B[ee])"
      "(;GM[1]CA[martian]PB[plain];B[ee])");
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_THAT(entries[0].remark, HasSubstr("CA[martian] is no character set known here"));
  EXPECT_THAT(entries[1].remark, HasSubstr("1 byte means nothing in CA[UTF-8]"));
  EXPECT_EQ(entries[2].remark, "") << "ASCII needs no character set";
  for (const SgfEntry& entry : entries) {
    EXPECT_TRUE(IsUtf8(entry.game.nodes[0].Value("PB")));
    EXPECT_EQ(entry.problem, "");
  }
}

std::string Utf16(const std::string& ascii, bool little, bool mark) {
  std::string bytes = mark ? little ? "\xff\xfe" : "\xfe\xff" : "";
  for (const char c : ascii) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
  return bytes;
}

TEST(SgfFile, ReadsUtf16WithAndWithoutAMark) {
  for (const bool little : {true, false}) {
    for (const bool mark : {true, false}) {
      EXPECT_EQ(Shape(Utf16(SmallGame("") + SmallGame(""), little, mark)), "ok ok ");
    }
  }
  EXPECT_EQ(Shape("\xef\xbb\xbf" + SmallGame("")), "ok ");
}

TEST(SgfFile, FailsWhenThereIsNoGame) {
  for (const std::string& bytes : {""s, "no game"s, "\x1f\x8b nothing"s, "\xff\xfe"s, "\0\0\0"s,
                                   "(;"s.substr(0, 1), std::string(5000, '\xff')}) {
    EXPECT_FALSE(ReadSgfFile(bytes));
  }
}

TEST(SgfFile, BoundsTheWorkOnHostileText) {
  std::string hostile;
  for (int i = 0; i < 100'000; ++i) hostile += "(;GM[1]C[";
  const auto entries = ReadEntries(hostile);
  EXPECT_LT(entries.size(), 1000U);
  EXPECT_THAT(entries.back().problem, HasSubstr("too much is broken"));
}

}  // namespace
}  // namespace tesuji::env::go
