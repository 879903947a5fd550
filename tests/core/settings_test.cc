#include "core/settings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/nearest_word.h"

namespace tesuji {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A small configuration with one key of every kind.
struct Settings {
  int workers = 2;
  std::int64_t games = 100;
  std::uint64_t seed = 1;
  double komi = 7.5;
  bool suicide = false;
  std::string name = "nobody";
  std::vector<std::string> engines;
  int root = 0;
  double scale = 1;
  bool noise = false;
  int memory = 1;
  Json rest;
};

void Describe(SettingsTable* table, Settings* settings) {
  table->Section("selfplay");
  table->Add("workers", &settings->workers, "Threads.", {.minimum = 1, .maximum = 64});
  table->Add("games", &settings->games, "Games.");
  table->Add("seed", &settings->seed, "Seed.");
  table->Add("komi", &settings->komi, "Komi.", {.minimum = -100, .maximum = 100});
  table->Add("name", &settings->name, "Name.", {.may_be_empty = false});
  table->Add("engines", &settings->engines, "Commands.");
  table->AddRemoved("colour", "both colours are played");
  table->Section("search");
  table->AddChoice("root", &settings->root, {"puct", "gumbel"}, "Root policy.");
  table->Add("scale", &settings->scale, "A row without bounds, younger than stores.",
             {.stored_if_set = true});
  table->Add("noise", &settings->noise, "Set by the program.", {.scope = SettingScope::kStored});
  table->Add("memory", &settings->memory, "Decides nothing.",
             {.minimum = 1, .scope = SettingScope::kInner});
  table->Section("environment");
  table->Add("suicide", &settings->suicide, "Whether suicide is legal.");
  table->AddRest(&settings->rest);
}

Status Read(const std::string& text, Settings* settings,
            const std::vector<std::string>& overrides = {}) {
  auto file = ConfigFile::Parse(text, "go9.toml");
  if (!file) return tl::unexpected(file.error());
  for (const auto& assignment : overrides) {
    if (auto status = file->Override(assignment); !status) return status;
  }
  SettingsTable table;
  Describe(&table, settings);
  return table.Read(*file);
}

std::string Complaint(const std::string& text, const std::vector<std::string>& overrides = {}) {
  Settings settings;
  const Status status = Read(text, &settings, overrides);
  return status ? "(accepted)" : status.error().message;
}

TEST(Config, ReadsEveryKindOfValue) {
  Settings settings;
  const Status status = Read(R"(
[selfplay]
workers = 3
games = 5_000_000_000
seed = 18
komi = 6
name = "somebody"
engines = ["one", "two"]
[search]
root = "gumbel"
[environment]
suicide = true
size = 9
)",
                             &settings);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(settings.workers, 3);
  EXPECT_EQ(settings.games, 5'000'000'000);
  EXPECT_EQ(settings.seed, 18U);
  EXPECT_EQ(settings.komi, 6);
  EXPECT_EQ(settings.name, "somebody");
  EXPECT_THAT(settings.engines, ElementsAre("one", "two"));
  EXPECT_EQ(settings.root, 1);
  EXPECT_TRUE(settings.suicide);
  EXPECT_EQ(settings.rest, (Json{{"size", 9}}));
}

TEST(Config, LeavesDefaultsWhereTheFileIsSilent) {
  Settings settings;
  ASSERT_TRUE(Read("", &settings));
  EXPECT_EQ(settings.workers, 2);
  EXPECT_EQ(settings.name, "nobody");
  EXPECT_EQ(settings.rest, Json::object());
}

TEST(Config, NamesFileLineAndNearestKeyOfAMisspelling) {
  EXPECT_EQ(Complaint("[selfplay]\nworkesr = 3\n"),
            "go9.toml:2: selfplay.workesr: unknown key; did you mean \"workers\"?");
}

TEST(Config, OffersNoNearestKeyWhenNothingIsNear) {
  EXPECT_EQ(Complaint("[selfplay]\nzzzzzzzzz = 3\n"),
            "go9.toml:2: selfplay.zzzzzzzzz: unknown key");
}

TEST(Config, NamesAnUnknownSectionAndTheNearestOne) {
  EXPECT_THAT(Complaint("[serach]\nroot = \"puct\"\n"),
              HasSubstr("go9.toml:1: [serach]: unknown section; did you mean \"search\"?"));
}

TEST(Config, RefusesAKeyOutsideEverySection) {
  EXPECT_THAT(Complaint("workers = 3\n"), HasSubstr("go9.toml:1: workers: expected inside a"));
}

TEST(Config, RefusesWrongTypes) {
  EXPECT_EQ(Complaint("[selfplay]\nworkers = \"3\"\n"),
            "go9.toml:2: selfplay.workers: expected a whole number, got \"3\"");
  EXPECT_THAT(Complaint("[selfplay]\nworkers = 3.5\n"), HasSubstr("expected a whole number"));
  EXPECT_THAT(Complaint("[selfplay]\nkomi = true\n"), HasSubstr("expected a number"));
  EXPECT_THAT(Complaint("[selfplay]\nname = 3\n"), HasSubstr("expected text in quotes"));
  EXPECT_THAT(Complaint("[selfplay]\nengines = [1]\n"), HasSubstr("expected a list of texts"));
  EXPECT_THAT(Complaint("[environment]\nsuicide = 1\n"), HasSubstr("expected true or false"));
  EXPECT_THAT(Complaint("[search]\nroot = \"gumble\"\n"),
              HasSubstr("expected one of puct, gumbel, got \"gumble\""));
}

TEST(Config, RefusesValuesOutOfRange) {
  EXPECT_EQ(Complaint("[selfplay]\nworkers = 0\n"),
            "go9.toml:2: selfplay.workers: expected 1 to 64, got 0");
  EXPECT_THAT(Complaint("[selfplay]\nworkers = 65\n"), HasSubstr("expected 1 to 64"));
  EXPECT_THAT(Complaint("[selfplay]\nseed = -1\n"), HasSubstr("expected at least 0, got -1"));
  EXPECT_THAT(Complaint("[selfplay]\nkomi = 100.5\n"), HasSubstr("expected -100 to 100"));
  EXPECT_THAT(Complaint("[selfplay]\nkomi = nan\n"), HasSubstr("expected -100 to 100"));
}

TEST(Config, ReportsTheFirstThingWrong) {
  EXPECT_THAT(Complaint("[selfplay]\nworkers = 0\nkomi = 1000\n"), HasSubstr("selfplay.workers"));
}

TEST(Config, SaysWhereTomlItselfIsBroken) {
  EXPECT_THAT(Complaint("[selfplay]\nworkers = = 3\n"), HasSubstr("go9.toml:2: not valid TOML"));
}

TEST(Config, OverridesBeatTheFileAndNameThemselvesWhenWrong) {
  Settings settings;
  ASSERT_TRUE(Read("[selfplay]\nworkers = 3\n", &settings,
                   {"selfplay.workers=5", "search.root=gumbel", "selfplay.name=\"a b\""}));
  EXPECT_EQ(settings.workers, 5);
  EXPECT_EQ(settings.root, 1);
  EXPECT_EQ(settings.name, "a b");
  EXPECT_THAT(Complaint("", {"selfplay.workers=many"}), HasSubstr("--set selfplay.workers=many"));
  EXPECT_THAT(Complaint("", {"selfplay.wrokers=2"}), HasSubstr("did you mean \"workers\""));
}

TEST(Config, RefusesMalformedOverrides) {
  for (const char* bad :
       {"workers", "selfplay.workers", "selfplay=3", ".workers=3", "selfplay.=3", "=", ""}) {
    EXPECT_THAT(Complaint("", {bad}), HasSubstr("expected section.key=value")) << bad;
  }
}

TEST(Config, AnOverrideMayNotSmuggleInOtherKeys) {
  Settings settings;
  ASSERT_TRUE(Read("", &settings, {"selfplay.name=\"x\"\nworkers = 9"}));
  EXPECT_EQ(settings.name, "x");
  EXPECT_EQ(settings.workers, 2);
}

TEST(Config, RefusesNumbersThatNoKeyCanHold) {
  for (const char* bad :
       {"9223372036854775808", "1e300", "nan", "inf", "-1", "0x1ffffffffffffffff"}) {
    EXPECT_NE(Complaint("", {std::string("selfplay.seed=") + bad}), "(accepted)") << bad;
    EXPECT_NE(Complaint("", {std::string("selfplay.workers=") + bad}), "(accepted)") << bad;
  }
  EXPECT_THAT(Complaint("", {"selfplay.workers=4294967297"}), HasSubstr("expected 1 to 64"));
  for (const char* bad : {"nan", "inf", "-inf"}) {
    EXPECT_THAT(Complaint("", {std::string("search.scale=") + bad}),
                HasSubstr("--set search.scale="))
        << bad;
    EXPECT_EQ(Complaint("", {std::string("environment.komi=") + bad}),
              fmt::format("--set environment.komi={0}: expected a finite number, got {0}", bad));
    EXPECT_THAT(Complaint(std::string("[environment]\nsizes = [[1, ") + bad + "]]\n"),
                HasSubstr("go9.toml:2: environment.sizes: expected a finite number"));
  }
}

TEST(Config, AnAssignmentOfAnUnknownSectionOrKeyNamesItself) {
  EXPECT_THAT(Complaint("", {"foo.bar=1"}),
              testing::StartsWith("--set foo.bar=1: unknown section"));
  EXPECT_THAT(Complaint("", {"selfplay.bar=1"}),
              testing::StartsWith("--set selfplay.bar=1: unknown key"));
  EXPECT_THAT(Complaint("x = 1\n", {"x.y=1"}), testing::StartsWith("--set x.y=1: x stands"));
}

TEST(Config, TextNeedsNoQuotesInAnAssignment) {
  for (const auto& [given, meant] :
       std::vector<std::pair<std::string, std::string>>{{"a b", "a b"},
                                                        {"2048", "2048"},
                                                        {"true", "true"},
                                                        {"1e5", "1e5"},
                                                        {"\"x\"", "x"},
                                                        {"'y'", "y"},
                                                        {"2024-01-01", "2024-01-01"},
                                                        {"runs/a.db", "runs/a.db"},
                                                        {"a=b", "a=b"}}) {
    Settings settings;
    const Status status = Read("", &settings, {"selfplay.name=" + given});
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(settings.name, meant);
  }
  Settings list;
  ASSERT_TRUE(Read("", &list, {"selfplay.engines=gnugo --mode gtp"}));
  EXPECT_THAT(list.engines, ElementsAre("gnugo --mode gtp"));
  EXPECT_THAT(Complaint("", {"selfplay.name=\"half"}), HasSubstr("not valid TOML"));
  EXPECT_THAT(Complaint("", {"selfplay.engines=[one, two]"}), HasSubstr("not valid TOML"));
  EXPECT_THAT(Complaint("", {"selfplay.name="}), HasSubstr("expected a text that is not empty"));
  EXPECT_THAT(Complaint("[selfplay]\nname = \"\"\n"), HasSubstr("go9.toml:2"));
}

TEST(Config, ARemovedKeyIsRefusedWithWhatToDo) {
  EXPECT_EQ(Complaint("[selfplay]\ncolour = 1\n"),
            "go9.toml:2: selfplay.colour: is no longer a key; both colours are played");
  EXPECT_THAT(Complaint("[search]\nnoise = true\n"), HasSubstr("unknown key"));
}

TEST(Config, StoredValuesOfAnyVersionAreReadAsFarAsTheyMakeSense) {
  Settings settings;
  SettingsTable table;
  Describe(&table, &settings);
  const Json stored = {{"selfplay", {{"workers", 5}, {"games", "many"}, {"colour", 1}}},
                       {"search", {{"root", "gumbel"}, {"noise", true}, {"unheard-of", 1}}},
                       {"environment", {{"size", 9}}},
                       {"other", 3}};
  EXPECT_THAT(table.ReadStored(stored),
              ElementsAre("other", "search.unheard-of", "selfplay.colour", "selfplay.games"));
  EXPECT_EQ(settings.workers, 5);
  EXPECT_EQ(settings.games, 100);
  EXPECT_EQ(settings.root, 1);
  EXPECT_TRUE(settings.noise);
  EXPECT_EQ(settings.rest, (Json{{"size", 9}}));
  for (const Json& nothing : {Json(), Json(3), Json::array({1})}) {
    EXPECT_THAT(table.ReadStored(nothing), testing::IsEmpty());
  }
}

TEST(Config, ValuesHoldWhatDecidesResultsAndReadBackTheSame) {
  Settings settings;
  settings.games = 7;
  settings.rest["size"] = 9;
  const Json values = SettingValues(settings);
  EXPECT_EQ(values["games"], 7);
  EXPECT_EQ(values["root"], "puct");
  EXPECT_EQ(values["noise"], false);
  EXPECT_EQ(values["size"], 9);
  EXPECT_FALSE(values.contains("memory"));
  EXPECT_FALSE(values.contains("scale"));
  settings.scale = 2;
  EXPECT_EQ(SettingValues(settings)["scale"], 2);
}

TEST(Config, ChecksRangesOfValuesThatNoFileSet) {
  Settings settings;
  SettingsTable table;
  Describe(&table, &settings);
  EXPECT_TRUE(table.Check());
  settings.workers = 0;
  EXPECT_EQ(table.Check().error().message, "workers = 0: expected 1 to 64");
  settings.workers = 1;
  settings.komi = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(table.Check().error().message, "komi = nan: expected -100 to 100");
  settings.komi = 0;
  settings.memory = 0;
  EXPECT_EQ(table.Check().error().message, "memory = 0: expected at least 1");
}

TEST(Config, AMissingFileIsNamed) {
  const auto file = ConfigFile::Load("/nowhere/go9.toml");
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("/nowhere/go9.toml"));
}

TEST(NearestWord, FindsATypoAndLeavesTheFarAlone) {
  const std::vector<std::string> known = {"simulations", "workers", "komi"};
  EXPECT_EQ(NearestWord("simulatoins", known), "simulations");
  EXPECT_EQ(NearestWord("kmi", known), "komi");
  EXPECT_EQ(NearestWord("temperature", known), "");
  EXPECT_EQ(NearestWord("", {}), "");
}

}  // namespace
}  // namespace tesuji
