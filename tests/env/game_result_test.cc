#include "env/go/game_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "env/go/rule_sets.h"

namespace tesuji::env::go {
namespace {

using testing::HasSubstr;

TEST(GameResult, ReadsScoresOfEverySpelling) {
  for (const auto& [text, score] : {std::pair("B+3.5", 3.5F),
                                    {"W+12", -12.0F},
                                    {"b+0.5", 0.5F},
                                    {" w+7 ", -7.0F},
                                    {"B+3,5", 3.5F},
                                    {"0", 0.0F},
                                    {"Draw", 0.0F},
                                    {"draw", 0.0F},
                                    {"Jigo", 0.0F},
                                    {"JIGO", 0.0F}}) {
    const GameResult result = ParseGameResult(text);
    EXPECT_EQ(result.kind, ResultKind::kScore) << text;
    EXPECT_EQ(result.score, score) << text;
  }
}

TEST(GameResult, KnowsGamesWithoutACount) {
  for (const char* text : {"B+R", "W+Resign", "b+r", "W+RESIGN"}) {
    EXPECT_EQ(ParseGameResult(text).kind, ResultKind::kResigned) << text;
  }
  for (const char* text : {"B+T", "W+Time"}) {
    EXPECT_EQ(ParseGameResult(text).kind, ResultKind::kTime) << text;
  }
  for (const char* text : {"B+F", "W+Forfeit"}) {
    EXPECT_EQ(ParseGameResult(text).kind, ResultKind::kForfeit) << text;
  }
}

TEST(GameResult, ReadsTheWholeValueOrNothingOfIt) {
  for (const char* text :
       {"",          "?",       "Void",       "B+",        "B",       "+3.5",
        "3.5",       "B3.5",    "B+3.5 moku", "B+3.5+",    "B+3.5.5", "B+0x10",
        "W+1e1",     "B+inf",   "B+nan",      "B+-3",      "B++3",    "B+ 3.5",
        "B+Rubbish", "B+Total", "B+Five",     "Black+3.5", "W+0",     "drawn by agreement",
        "jigo?",     "X+3.5",   "B+3.5\n?"}) {
    EXPECT_EQ(ParseGameResult(text).kind, ResultKind::kUnscored) << text;
  }
}

TEST(RuleSets, AreKnownByTheirUsualNames) {
  EXPECT_EQ(FindRuleSet("Japanese")->ko, KoRule::kSimple);
  EXPECT_TRUE(FindRuleSet("japanese")->territory);
  EXPECT_FALSE(FindRuleSet("Chinese")->territory);
  EXPECT_EQ(FindRuleSet("AGA")->ko, KoRule::kSituational);
  EXPECT_TRUE(FindRuleSet("New Zealand")->suicide);
  EXPECT_TRUE(FindRuleSet("NZ")->suicide);
  EXPECT_EQ(FindRuleSet("Tromp-Taylor")->ko, KoRule::kPositional);
  EXPECT_EQ(FindRuleSet("chinese-ogs")->ko, KoRule::kPositional);
  const auto katago = FindRuleSet("koSITUATIONALscoreTERRITORYtaxNONEsui1");
  ASSERT_TRUE(katago);
  EXPECT_EQ(katago->ko, KoRule::kSituational);
  EXPECT_TRUE(katago->suicide && katago->territory);
  for (const char* name : {"", "house rules", "koWRONGscoreAREAtaxNONEsui0", "ko", "japan"}) {
    EXPECT_FALSE(FindRuleSet(name)) << name;
  }
}

TEST(RuleSets, ExplainWhatTheRecordsRulesAllow) {
  Rules rules;
  EXPECT_THAT(WhyAllowedThere("Japanese", rules, Legality::kSuperko),
              HasSubstr("the simple ko only"));
  EXPECT_THAT(WhyAllowedThere("AGA", rules, Legality::kSuperko), HasSubstr("situational superko"));
  EXPECT_THAT(WhyAllowedThere("", rules, Legality::kSuperko), HasSubstr("names no rules"));
  EXPECT_THAT(WhyAllowedThere("mine", rules, Legality::kSuperko),
              HasSubstr("\"mine\" are not known"));
  EXPECT_THAT(WhyAllowedThere("NZ", rules, Legality::kSuicide), HasSubstr("allow suicide"));
  EXPECT_EQ(WhyAllowedThere("Tromp-Taylor", rules, Legality::kSuperko), "");
  EXPECT_EQ(WhyAllowedThere("Japanese", rules, Legality::kOccupied), "");
  EXPECT_EQ(WhyAllowedThere("Japanese", rules, Legality::kKo), "") << "forbidden there as well";
  rules.ko = KoRule::kSimple;
  EXPECT_EQ(WhyAllowedThere("Japanese", rules, Legality::kSuperko), "");
}

}  // namespace
}  // namespace tesuji::env::go
