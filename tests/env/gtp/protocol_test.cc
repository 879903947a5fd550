#include "env/go/gtp/protocol.h"

#include <gmock/gmock.h>

namespace tesuji::gtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(GtpProtocol, SplitsIdNameAndArguments) {
  const auto command = ParseCommand("12 play  B\tD4  ");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->id, 12U);
  EXPECT_EQ(command->name, "play");
  EXPECT_THAT(command->arguments, ElementsAre("B", "D4"));
}

TEST(GtpProtocol, KeepsWhatFollowsTheNameAsWritten) {
  EXPECT_EQ(ParseCommand("3 loadsgf  my  games/a b.sgf 12 # twelve")->rest, "my  games/a b.sgf 12");
  EXPECT_EQ(ParseCommand("name")->rest, "");
}

TEST(GtpProtocol, TakesCommandsWithoutId) {
  const auto command = ParseCommand("name");
  ASSERT_TRUE(command);
  EXPECT_FALSE(command->id);
  EXPECT_THAT(command->arguments, IsEmpty());
}

TEST(GtpProtocol, IgnoresCommentsEmptyLinesAndLoneIds) {
  EXPECT_FALSE(ParseCommand(""));
  EXPECT_FALSE(ParseCommand("   \t"));
  EXPECT_FALSE(ParseCommand("# genmove b"));
  EXPECT_FALSE(ParseCommand("7"));
  EXPECT_FALSE(ParseCommand("7 # genmove"));
  EXPECT_THAT(ParseCommand("komi 5 # five")->arguments, ElementsAre("5"));
}

TEST(GtpProtocol, DropsControlCharactersInsideWords) {
  const auto command = ParseCommand(std::string_view("na\0me\x01\x7f\r", 8));
  ASSERT_TRUE(command);
  EXPECT_EQ(command->name, "name");
}

TEST(GtpProtocol, KeepsBytesBeyondAscii) {
  EXPECT_THAT(ParseCommand("loadsgf b\xc3\xbc"
                           "cher.sgf")
                  ->arguments,
              ElementsAre("b\xc3\xbc"
                          "cher.sgf"));
}

TEST(GtpProtocol, TakesNumbersBeyond31BitsForCommands) {
  EXPECT_EQ(ParseCommand("2147483647 name")->id, 2147483647U);
  EXPECT_EQ(ParseCommand("2147483648 name")->name, "2147483648");
  EXPECT_EQ(ParseCommand("99999999999999999999 name")->name, "99999999999999999999");
  EXPECT_EQ(ParseCommand("-3 name")->name, "-3");
}

TEST(GtpProtocol, FormatsAnswers) {
  EXPECT_EQ(FormatResponse(std::nullopt, true, ""), "=\n\n");
  EXPECT_EQ(FormatResponse(3, true, "D4"), "=3 D4\n\n");
  EXPECT_EQ(FormatResponse(3, false, "illegal move"), "?3 illegal move\n\n");
  EXPECT_EQ(StreamedResponseHead(std::nullopt), "=\n");
  EXPECT_EQ(StreamedResponseHead(5), "=5\n");
}

TEST(GtpProtocol, NeverPutsAnEmptyLineIntoAnAnswer) {
  for (const char* text : {"a\n\nb", "\n\n\na", "a\n\r\n\r\nb", "a\n\x01\nb", "a\n\n\n", "\n"}) {
    const std::string answer = FormatResponse(1, true, text);
    EXPECT_EQ(answer.find("\n\n"), answer.size() - 2) << text;
    EXPECT_EQ(answer.find('\r'), std::string::npos);
  }
}

TEST(GtpProtocol, ReadsAnswersWithAndWithoutIds) {
  EXPECT_EQ(ParseResponse("= D4\n")->text, "D4");
  EXPECT_EQ(ParseResponse("=17 D4")->text, "D4");
  EXPECT_EQ(ParseResponse("= 17")->text, "17");
  EXPECT_EQ(ParseResponse("=\r\n")->text, "");
  EXPECT_EQ(ParseResponse("=1 a\r\nb\r\n")->text, "a\nb");
  const auto refused = ParseResponse("?17 illegal move");
  EXPECT_FALSE(refused->success);
  EXPECT_EQ(refused->text, "illegal move");
  EXPECT_FALSE(ParseResponse("Welcome to FooGo"));
  EXPECT_FALSE(ParseResponse(""));
}

TEST(GtpProtocol, ReadsColorsAndNumbersWhole) {
  EXPECT_EQ(ParseColor("BLACK"), env::go::Color::kBlack);
  EXPECT_EQ(ParseColor("w"), env::go::Color::kWhite);
  EXPECT_FALSE(ParseColor("blue"));
  EXPECT_EQ(ParseInt("+19"), 19);
  EXPECT_EQ(ParseInt("-3"), -3);
  for (const char* text : {"", "+", "+-3", "19x", "1.5", " 1", "99999999999"}) {
    EXPECT_FALSE(ParseInt(text)) << text;
  }
  EXPECT_EQ(ParseNumber("-7.5"), -7.5);
  for (const char* text : {"", "nan", "inf", "1e999", "7.5.", "0x10"}) {
    EXPECT_FALSE(ParseNumber(text)) << text;
  }
}

TEST(GtpLineSplitter, EndsLinesAtLineFeedsAndDropsCarriageReturns) {
  LineSplitter splitter;
  std::vector<LineSplitter::Line> lines;
  splitter.Feed("name\r\nver", &lines);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].text, "name");
  splitter.Feed("sion\n\nquit", &lines);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].text, "version");
  EXPECT_EQ(lines[2].text, "");
  EXPECT_EQ(splitter.Finish()->text, "quit");
  EXPECT_FALSE(splitter.Finish());
}

TEST(GtpLineSplitter, RemembersABoundedPartOfOverlongLines) {
  LineSplitter splitter;
  std::vector<LineSplitter::Line> lines;
  for (int i = 0; i < 300; ++i) splitter.Feed(std::string(1024, 'x'), &lines);
  splitter.Feed("\nname\n", &lines);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].too_long);
  EXPECT_EQ(lines[0].text.size(), kMaxLineBytes);
  EXPECT_FALSE(lines[1].too_long);
  EXPECT_EQ(lines[1].text, "name");
}

}  // namespace
}  // namespace tesuji::gtp
