#include "campaign/resume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "campaign/campaign_settings.h"
#include "campaign/status.h"
#include "cli/families.h"
#include "tests/campaign/campaign_fixture.h"

namespace tesuji::campaign {
namespace {

using testing::HasSubstr;

class Resume : public CampaignFixture {
 protected:
  CampaignConfig Config(const std::vector<std::string>& assignments) {
    auto file = ConfigFile::Parse("[environment]\nid = \"tictactoe\"\n", "c.toml").value();
    for (const auto& assignment : assignments) EXPECT_TRUE(file.Override(assignment));
    auto config = ReadCampaign(file, env::BuiltInFamilies());
    EXPECT_TRUE(config) << config.error().message;
    return *config;
  }
  /// A store that a campaign of these settings made.
  void Make(const std::vector<std::string>& assignments) {
    RecordSettings(store_.get(), Config(assignments), Json::array());
  }
  std::string Refusal(const std::vector<std::string>& assignments) {
    auto config = Config(assignments);
    const auto changes = CompareWithStore(*store_, true, &config);
    return changes ? "(accepted) " + changes->dump() : changes.error().message;
  }

  std::unique_ptr<storage::Store> store_ = Create("a.db");
};

TEST_F(Resume, RefusesKeysThatMayNotChangeAndSaysWhatTheStoreHolds) {
  Make({"network.blocks=2"});
  EXPECT_THAT(
      Refusal({"network.blocks=3"}),
      HasSubstr("holds a campaign with network.blocks = 2, not 3 (--set network.blocks=3)"));
  EXPECT_THAT(
      Refusal({"network.blocks=2", "learner.optimizer=adam"}),
      HasSubstr("learner.optimizer = \"sgd\", not \"adam\" (--set learner.optimizer=adam)"));
  EXPECT_THAT(Refusal({"network.blocks=2", "campaign.seed=2"}), HasSubstr("campaign.seed = 1"));
  EXPECT_THAT(Refusal({"network.blocks=2", "network.norm=fixed"}), HasSubstr("network.norm"));
}

TEST_F(Resume, LetsFreeKeysChangeWithoutAWord) {
  Make({});
  EXPECT_EQ(Refusal({"campaign.minutes=5", "campaign.episodes=7", "campaign.name=x",
                     "storage.path=b.db"}),
            "(accepted) []");
}

TEST_F(Resume, RecordsEveryOtherChangeWithBothValues) {
  Make({"search.simulations=10"});
  auto config = Config({"search.simulations=20", "learner.batch=64"});
  const auto changes = CompareWithStore(*store_, true, &config);
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(*changes, Json::parse(R"([{"key": "learner.batch", "from": 128, "to": 64},
                            {"key": "search.simulations", "from": 10, "to": 20}])"));
  RecordSettings(store_.get(), config, *changes);
  config = Config({"search.simulations=30", "learner.batch=64"});
  RecordSettings(store_.get(), config, *CompareWithStore(*store_, true, &config));
  const Json stored = *store_->GetFact("campaign_changes");
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[2]["from"], 20);
  EXPECT_EQ(stored[2]["to"], 30);
  EXPECT_EQ(stored[2]["episodes"], 0);
  EXPECT_GT(stored[2]["unix_ms"], 0);
  EXPECT_EQ(StatusJson(*store_)["changes"], stored);
  EXPECT_EQ((*store_->GetFact("campaign"))["search"]["simulations"], 30);
}

TEST_F(Resume, AKeyThatIsYoungerThanTheStoreHadItsDefault) {
  const CampaignConfig config = Config({});
  for (const auto& [section, keys] : config.values.items()) {
    for (const auto& [key, value] : keys.items()) {
      if (section == "environment" || section == "campaign") continue;
      Json old = config.values;
      old[section].erase(key);
      store_->PutFact("campaign", old);
      EXPECT_EQ(Refusal({}), "(accepted) []") << section << "." << key;
    }
  }
}

TEST_F(Resume, StoresWithKeysOfEarlierVersionsGoOnWithTheirValues) {
  Json old = Config({}).values;
  old["search"]["cpuct"] = 2.5;
  old["selfplay"]["temperature_halflife"] = 19.0;
  old["learner"]["momentum"] = 0.5;
  old["learner"]["unheard-of"] = 1;
  old["gone"] = {{"key", 1}};
  store_->PutFact("campaign", old);
  auto config = Config({});
  const auto changes = CompareWithStore(*store_, true, &config);
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_TRUE(changes->empty()) << changes->dump();
  EXPECT_EQ(config.episode.full.cpuct, 2.5);
  EXPECT_EQ(config.episode.temperature_halflife, 19);
  EXPECT_EQ(config.learner.trainer.momentum, 0.5);
  EXPECT_EQ(config.values["search"]["cpuct"], 2.5);
}

TEST_F(Resume, DamagedSettingsAreAFailureOrTheDefaultsNeverACrash) {
  for (const Json& damaged : {Json(), Json(3), Json::array(), Json{{"search", 3}},
                              Json{{"search", {{"cpuct", "much"}}}}, Json{{"campaign", nullptr}}}) {
    store_->PutFact("campaign", damaged);
    auto config = Config({});
    (void)CompareWithStore(*store_, true, &config);
    EXPECT_EQ(config.episode.full.cpuct, search::SearchOptions().cpuct);
  }
}

// The table is what the documentation shows, so a key without a rule cannot be added unseen.
TEST(CampaignSettings, EveryKeyHasHelpThatIsASentence) {
  CampaignConfig config;
  SettingsTable table;
  Describe(&table, &config);
  for (const Setting& row : table.rows()) {
    EXPECT_FALSE(row.help.empty()) << row.name;
    EXPECT_EQ(row.help.back(), '.') << row.name;
    EXPECT_TRUE(row.Set(row.Value())) << row.name << ": its default is out of its range";
  }
}

}  // namespace
}  // namespace tesuji::campaign
