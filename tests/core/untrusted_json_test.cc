#include "core/untrusted_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tesuji {
namespace {

using testing::HasSubstr;

std::string NestedArrays(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

std::string RefusalOf(const std::string& text, int deepest = kDeepestJson) {
  const auto json = ParseUntrustedJson(text, deepest);
  return json ? "fine" : json.error().message;
}

TEST(JsonDepth, CountsWhatLiesWithinEachOther) {
  EXPECT_EQ(JsonDepth(""), 0);
  EXPECT_EQ(JsonDepth("17"), 0);
  EXPECT_EQ(JsonDepth("{}"), 1);
  EXPECT_EQ(JsonDepth("[[],[],{}]"), 2);
  EXPECT_EQ(JsonDepth(R"([{"a":[1]},[]])"), 3);
}

TEST(JsonDepth, PassesOverStrings) {
  EXPECT_EQ(JsonDepth(R"(["[[[{{{"])"), 1);
  EXPECT_EQ(JsonDepth(R"(["\"[[["])"), 1) << "an escaped quote ends no string";
  EXPECT_EQ(JsonDepth(R"(["\\",[[]]])"), 3) << "an escaped backslash escapes no quote";
}

TEST(JsonDepth, BelievesNoText) {
  EXPECT_EQ(JsonDepth("]]]]["), 1) << "what was never opened does not hide what follows";
  EXPECT_EQ(JsonDepth(std::string(1'000'000, '{')), 1'000'000);
  EXPECT_EQ(JsonDepth("\"never closed [[["), 0);
  EXPECT_EQ(JsonDepth("\"\\"), 0);
}

TEST(UntrustedJson, OfEveryKindIsRead) {
  EXPECT_EQ(ParseUntrustedJson(R"({"a":[1,{"b":null}]})").value(),
            Json({{"a", {1, {{"b", nullptr}}}}}));
  EXPECT_EQ(ParseUntrustedJson(" 17 ").value(), Json(17));
}

TEST(UntrustedJson, ThatNestsTooDeepIsRefusedBeforeItBecomesAValue) {
  EXPECT_EQ(RefusalOf(NestedArrays(64)), "fine");
  EXPECT_EQ(RefusalOf(NestedArrays(65)), "nested deeper than 64");
  EXPECT_EQ(RefusalOf(NestedArrays(5), 4), "nested deeper than 4");
  EXPECT_EQ(RefusalOf(std::string(3'000'000, '[')), "nested deeper than 64");
}

TEST(UntrustedJson, ThatIsNoneOrAmbiguousIsRefused) {
  EXPECT_EQ(RefusalOf(""), "no valid JSON");
  EXPECT_EQ(RefusalOf("{\"a\":1"), "no valid JSON");
  EXPECT_EQ(RefusalOf("{\"a\":1} x"), "no valid JSON");
  EXPECT_EQ(RefusalOf(R"({"a":1,"b":{"a":2}})"), "fine") << "other objects have keys of their own";
  EXPECT_EQ(RefusalOf(R"([{"a":1},{"a":2}])"), "fine");
  EXPECT_THAT(RefusalOf(R"({"a":1,"b":[],"a":2})"), HasSubstr("\"a\" is there twice"));
  EXPECT_THAT(RefusalOf("{\"\xff\":1,\"\xff\":2}"), HasSubstr("no valid JSON"));
}

}  // namespace
}  // namespace tesuji
