#include "core/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

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
  Json rest;
};

void BindAll(ConfigBinder& binder, Settings* settings) {
  binder.Section("selfplay");
  binder.Bind("workers", &settings->workers, "Threads.", {1, 64});
  binder.Bind("games", &settings->games, "Games.");
  binder.Bind("seed", &settings->seed, "Seed.");
  binder.Bind("komi", &settings->komi, "Komi.", {-100, 100});
  binder.Bind("name", &settings->name, "Name.");
  binder.Bind("engines", &settings->engines, "Commands.");
  binder.Section("search");
  binder.BindChoice("root", &settings->root, {"puct", "gumbel"}, "Root policy.");
  binder.Section("environment");
  binder.Bind("suicide", &settings->suicide, "Whether suicide is legal.");
  binder.BindRest(&settings->rest);
}

Status Read(const std::string& text, Settings* settings,
            const std::vector<std::string>& overrides = {}) {
  auto file = ConfigFile::Parse(text, "go9.toml");
  if (!file) return tl::unexpected(file.error());
  for (const auto& assignment : overrides) {
    if (auto status = file->Override(assignment); !status) return status;
  }
  ConfigBinder binder(&*file);
  BindAll(binder, settings);
  return binder.Finish();
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
  EXPECT_THAT(Complaint("[selfplay]\nseed = -1\n"), HasSubstr("out of range"));
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

TEST(Config, CollectsKeysAndEffectiveValuesWithoutAFile) {
  Settings settings;
  ConfigBinder binder(nullptr);
  BindAll(binder, &settings);
  ASSERT_TRUE(binder.Finish());
  ASSERT_EQ(binder.keys().size(), 8U);
  EXPECT_EQ(binder.keys()[0].section, "selfplay");
  EXPECT_EQ(binder.keys()[0].name, "workers");
  EXPECT_EQ(binder.keys()[0].default_value, "2");
  EXPECT_EQ(binder.values()["search"]["root"], "puct");
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
