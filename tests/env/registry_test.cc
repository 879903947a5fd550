#include "api/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/families.h"

namespace tesuji::env {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Message(std::string_view id, const char* parameters) {
  const auto made = BuiltInEnvironments().Make(id, Json::parse(parameters));
  return made ? std::string("made") : made.error().message;
}

TEST(Registry, KnowsTheBuiltInEnvironments) {
  const Registry registry = BuiltInEnvironments();
  EXPECT_NE(registry.Find("go"), nullptr);
  EXPECT_NE(registry.Find("tictactoe"), nullptr);
  EXPECT_EQ(registry.Find("chess"), nullptr);
}

TEST(Registry, FillsInDefaults) {
  const auto go = BuiltInEnvironments().Make("go", {{"size", 5}, {"komi", 24.5}}).value();
  EXPECT_EQ(go->spec().action_count, 26);
  EXPECT_EQ(go->parameters().at("komi"), 24.5);
  EXPECT_EQ(go->parameters().at("ko"), "positional");
}

TEST(Registry, TakesAnIntegerForANumber) {
  const auto go = BuiltInEnvironments().Make("go", {{"komi", 7}}).value();
  EXPECT_EQ(go->parameters().at("komi"), 7.0);
}

TEST(Registry, SuggestsTheNearestName) {
  EXPECT_THAT(Message("tictacto", "{}"),
              AllOf(HasSubstr("\"tictacto\""), HasSubstr("did you mean \"tictactoe\"?")));
  EXPECT_THAT(Message("go", R"({"kommi": 7.5})"),
              AllOf(HasSubstr("no parameter \"kommi\""), HasSubstr("did you mean \"komi\"?")));
  EXPECT_THAT(Message("go", R"({"zzzzzzzz": 1})"), HasSubstr("known: size, width"));
}

TEST(Registry, NamesKeyValueAndWhatWasExpected) {
  EXPECT_THAT(Message("go", R"({"size": "nine"})"), HasSubstr("size = \"nine\": expected an int"));
  EXPECT_THAT(Message("go", R"({"size": 9.5})"), HasSubstr("size = 9.5: expected an integer"));
  EXPECT_THAT(Message("go", R"({"size": 20})"), HasSubstr("size = 20: expected 0 to 19"));
  EXPECT_THAT(Message("go", R"({"size": 1})"), HasSubstr("1x1 board: expected sides from 2 to 19"));
  EXPECT_THAT(Message("go", R"({"komi": true})"), HasSubstr("komi = true: expected a number"));
  EXPECT_THAT(Message("go", R"({"komi": 7.2})"), HasSubstr("multiple of 0.5"));
  EXPECT_THAT(Message("go", R"({"suicide": 1})"), HasSubstr("suicide = 1: expected true or false"));
  EXPECT_THAT(Message("go", R"({"ko": "super"})"),
              HasSubstr("expected one of positional, situational, simple"));
  EXPECT_THAT(Message("go", R"({"size": 5, "handicap": 2})"), HasSubstr("too small"));
  EXPECT_THAT(Message("go", "[1]"), HasSubstr("expected parameters as a table"));
}

}  // namespace
}  // namespace tesuji::env
