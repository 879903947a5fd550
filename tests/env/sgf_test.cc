#include "env/go/sgf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"

namespace tesuji::env::go {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SgfTree Parse(std::string_view text) {
  auto games = ParseSgf(text);
  EXPECT_TRUE(games.has_value()) << games.error().message;
  return games ? games->front() : SgfTree{};
}

std::string Message(std::string_view text, const SgfLimits& limits = {}) {
  const auto games = ParseSgf(text, limits);
  return games ? std::string("parsed") : games.error().message;
}

TEST(Sgf, ReadsNodesAndVariations) {
  const SgfTree tree = Parse("(;FF[4]SZ[9];B[aa](;W[bb];B[cc])(;W[dd]))");
  ASSERT_EQ(tree.nodes.size(), 5U);
  EXPECT_THAT(tree.nodes[1].children, ElementsAre(2, 4));
  EXPECT_EQ(tree.nodes[2].Value("W"), "bb");
  EXPECT_EQ(tree.nodes[4].Value("W"), "dd");
  EXPECT_EQ(tree.nodes[4].parent, 1);
  EXPECT_THAT(tree.MainLine(), ElementsAre(0, 1, 2, 3));
}

TEST(Sgf, ReadsPropertiesWithManyValues) {
  const SgfTree tree = Parse("(;AB[aa][bb]\n [cc]AW[dd]AB[ee])");
  EXPECT_THAT(tree.nodes[0].Find("AB")->values, ElementsAre("aa", "bb", "cc", "ee"));
  EXPECT_EQ(tree.nodes[0].Find("XX"), nullptr);
  EXPECT_EQ(tree.nodes[0].Value("XX"), "");
}

TEST(Sgf, UndoesEscapes) {
  const SgfTree tree = Parse("(;C[a\\]b\\\\c\\:d])");
  EXPECT_EQ(tree.nodes[0].Value("C"), "a\\]b\\\\c\\:d") << "values are kept as written";
  EXPECT_EQ(SgfSimpleText(tree.nodes[0].Value("C")), "a]b\\c:d");
}

TEST(Sgf, JoinsSoftLineBreaksAndMakesHardOnesSpaces) {
  EXPECT_EQ(SgfSimpleText("one\\\ntwo\nthree\tfour"), "onetwo three four");
  EXPECT_EQ(SgfSimpleText("a\r\nb\\\r\nc\n\rd"), "a bc d");
  EXPECT_EQ(SgfSimpleText("trailing\\"), "trailing");
}

TEST(Sgf, EscapesWhatItWouldReadBack) {
  const std::string nasty = "a]b\\c:d[;)(";
  EXPECT_EQ(SgfSimpleText(SgfEscape(nasty)), nasty);
  const std::string composed = SgfEscape("a:b", true) + ":" + SgfEscape("c", true);
  const auto [first, second] = SgfCompose(composed);
  EXPECT_EQ(SgfSimpleText(first), "a:b");
  EXPECT_EQ(SgfSimpleText(second), "c");
}

TEST(Sgf, ReadsOldFilesWithLongNames) {
  const SgfTree tree = Parse("(;GaMe[1]FileFormat[3]SiZe[19];Black[pd];White[dp])");
  EXPECT_EQ(tree.nodes[0].Value("GM"), "1");
  EXPECT_EQ(tree.nodes[0].Value("FF"), "3");
  EXPECT_EQ(tree.nodes[0].Value("SZ"), "19");
  EXPECT_EQ(tree.nodes[1].Value("B"), "pd");
}

TEST(Sgf, ReadsCollectionsWithTextAroundThem) {
  const auto games = ParseSgf("\xef\xbb\xbfSubject: (two) games\n(;B[aa])\n and (;W[bb]) bye");
  ASSERT_TRUE(games.has_value());
  ASSERT_EQ(games->size(), 2U);
  EXPECT_EQ((*games)[1].nodes[0].Value("W"), "bb");
}

TEST(Sgf, ReadsWhatItWrites) {
  const auto games =
      ParseSgf("(;FF[4]C[x\\]y];B[aa](;W[bb](;B[cc])(;B[dd];W[ee]))(;W[ff])(;W[gg];B[]))(;GM[1])");
  ASSERT_TRUE(games.has_value());
  const auto again = ParseSgf(WriteSgf(*games));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(*again, *games) << WriteSgf(*games);
}

TEST(Sgf, ErrorsNameThePlace) {
  EXPECT_EQ(Message("(;B[aa]\n;W[bb"),
            "SGF, line 2, column 4 (byte 11): the value of W does not end, expected \"]\"");
  EXPECT_EQ(Message("(;B[aa];W"),
            "SGF, line 1, column 10 (byte 9): property W has no value, expected \"[\"");
  EXPECT_EQ(Message("(;B[aa]"),
            "SGF, line 1, column 8 (byte 7): the file ends inside a game, 1 \")\" missing");
  EXPECT_EQ(Message("(;B[aa]?)"),
            "SGF, line 1, column 8 (byte 7): expected \";\", \"(\" or \")\", found \"?\"");
  EXPECT_EQ(Message("(;b[aa])"),
            "SGF, line 1, column 3 (byte 2): a property name needs 1 to 64 capital letters");
  EXPECT_THAT(Message(""), HasSubstr("no game found"));
  EXPECT_THAT(Message("hello (world)"), HasSubstr("no game found"));
}

TEST(Sgf, RefusesTooMuch) {
  EXPECT_THAT(Message("(;;;;)", {.max_nodes = 3}), HasSubstr("more than 3 nodes"));
  EXPECT_THAT(Message("(;B[aa])", {.max_bytes = 4}), HasSubstr("more than the limit of 4"));
}

TEST(Sgf, SurvivesAMillionOpenBrackets) {
  std::string deep = "(;";
  for (int i = 0; i < 1'000'000; ++i) deep += "(;";
  EXPECT_THAT(Message(deep), HasSubstr("1000001 \")\" missing"));
  deep += std::string(1'000'001, ')');
  const auto games = ParseSgf(deep);
  ASSERT_TRUE(games.has_value());
  EXPECT_EQ(games->front().nodes.size(), 1'000'001U);
  EXPECT_EQ(ParseSgf(WriteSgf(*games)), *games);
}

TEST(Sgf, SurvivesRandomDamage) {
  const std::string sound = "(;FF[4]GM[1]SZ[9]C[a\\]b];B[aa](;W[bb])(;W[cc];B[dd]))";
  RandomStream random(std::uint64_t{5});
  for (int i = 0; i < 20000; ++i) {
    std::string text = sound;
    for (std::uint64_t blow = random.Below(6); blow > 0; --blow) {
      text[random.Below(text.size())] = "()[];\\ aB\n\0"[random.Below(11)];
    }
    const auto games = ParseSgf(text);
    if (games) {
      EXPECT_EQ(ParseSgf(WriteSgf(*games)), *games) << text;
    }
  }
}

}  // namespace
}  // namespace tesuji::env::go
