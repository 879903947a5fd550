#include "campaign/campaign_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/families.h"

namespace tesuji::campaign {
namespace {

using testing::HasSubstr;

Result<CampaignConfig> Read(const std::string& toml,
                            const std::vector<std::string>& overrides = {}) {
  auto file = ConfigFile::Parse(toml, "c.toml");
  if (!file) return tl::unexpected(file.error());
  for (const auto& assignment : overrides) {
    if (auto status = file->Override(assignment); !status) return tl::unexpected(status.error());
  }
  return ReadCampaign(*file, env::BuiltInFamilies());
}

std::string ErrorOf(const std::string& toml, const std::vector<std::string>& overrides = {}) {
  auto config = Read(toml, overrides);
  return config ? "(no error)" : config.error().message;
}

TEST(CampaignConfig, AnEmptyFileIsACompleteCampaign) {
  const auto config = Read("");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->environment.id, "go");
  EXPECT_EQ(config->values["environment"]["size"], 9);
  EXPECT_EQ(config->store_path(), "runs/campaign.db");
}

TEST(CampaignConfig, NamesFileLineAndNearestKeyOfAnUnknownOne) {
  const std::string error = ErrorOf("[search]\nroot = \"puct\"\nsimulaitons = 5\n");
  EXPECT_THAT(error, HasSubstr("c.toml:3: search.simulaitons: unknown key"));
  EXPECT_THAT(error, HasSubstr("\"simulations\""));
}

TEST(CampaignConfig, TellsHowAStoredCampaignSearched) {
  const auto config = Read("[search]\nroot = \"gumbel\"\ngumbel_scale = 0.25\nsimulations = 7\n");
  ASSERT_TRUE(config) << config.error().message;
  // Stores of earlier versions hold keys that files no longer set.
  Json stored = config->values;
  stored["search"]["backup"] = "max";
  stored["search"]["prove"] = false;
  const auto known = SearchSettings(stored);
  EXPECT_EQ(known.root, "gumbel");
  EXPECT_EQ(known.backup, search::Backup::kMax);
  EXPECT_EQ(known.gumbel_scale, 0.25);
  EXPECT_EQ(known.simulations, 7);
  EXPECT_FALSE(known.prove);
  EXPECT_FALSE(known.root_noise);

  // Of another version, or damaged: what makes no sense is as if it were not there.
  Json other = config->values;
  other["search"]["gumbel_scale"] = "much";
  other["search"]["unheard-of"] = 1;
  other["search"]["cpuct"] = Json::array({1});
  EXPECT_EQ(SearchSettings(other).root, "gumbel");
  EXPECT_EQ(SearchSettings(other).gumbel_scale, search::SearchOptions().gumbel_scale);
  EXPECT_EQ(SearchSettings(other).cpuct, search::SearchOptions().cpuct);
  for (const Json& nothing : {Json(), Json(3), Json{{"search", 3}}, Json{{"search", nullptr}}}) {
    EXPECT_EQ(SearchSettings(nothing).root, search::SearchOptions().root);
  }
}

TEST(CampaignConfig, NamesUnknownSections) {
  EXPECT_THAT(ErrorOf("[serach]\nroot = \"puct\"\n"), HasSubstr("did you mean \"search\""));
  EXPECT_THAT(ErrorOf("seed = 3\n"), HasSubstr("c.toml:1: seed: expected inside a section"));
}

TEST(CampaignConfig, RejectsWrongTypesRangesAndChoices) {
  EXPECT_THAT(ErrorOf("[network]\nblocks = \"six\"\n"),
              HasSubstr("c.toml:2: network.blocks: expected a whole number, got \"six\""));
  EXPECT_THAT(ErrorOf("[selfplay]\nworkers = 0\n"), HasSubstr("expected 1 to 1024, got 0"));
  EXPECT_THAT(ErrorOf("[search]\nroot = \"uct\"\n"), HasSubstr("expected one of puct, gumbel"));
  EXPECT_THAT(ErrorOf("[search]\nlook_ahead = 1\n"), HasSubstr("expected true or false"));
  EXPECT_THAT(ErrorOf("[network]\ndevice = \"gpu\"\n"),
              HasSubstr("c.toml:2: network.device: expected auto, cpu, cuda or cuda:N"));
  EXPECT_THAT(ErrorOf("[campaign]\nseed = -1\n"), HasSubstr("campaign.seed"));
  EXPECT_THAT(ErrorOf("[campaign]\nminutes = nan\n"), HasSubstr("campaign.minutes"));
}

TEST(CampaignConfig, ChecksTheEnvironmentsOwnKeysWithTheirLines) {
  EXPECT_THAT(ErrorOf("[environment]\nid = \"chess\"\n"),
              HasSubstr("c.toml:2: environment.id: no environment \"chess\""));
  EXPECT_THAT(ErrorOf("[environment]\nid = \"go\"\nsize = 40\n"), HasSubstr("c.toml:3"));
  EXPECT_THAT(ErrorOf("[environment]\nid = \"go\"\nkomii = 4\n"), HasSubstr("komi"));
}

TEST(CampaignConfig, AKeyOfAnEarlierVersionIsRefusedWithWhatToDo) {
  EXPECT_EQ(ErrorOf("[search]\ncpuct = 2\n"),
            "c.toml:2: search.cpuct: is no longer a key; every campaign has 1.1; remove the line");
  EXPECT_THAT(ErrorOf("[environment]\nid = \"program\"\n[programs]\nfirst_nodes = 4\n"),
              HasSubstr("c.toml:4: programs.first_nodes: is no longer a key"));
}

TEST(CampaignConfig, EveryShippedCampaignIsRead) {
  for (const auto& entry : std::filesystem::directory_iterator(TESUJI_SOURCE_DIR "/experiments")) {
    if (entry.path().extension() != ".toml") continue;
    auto file = ConfigFile::Load(entry.path());
    ASSERT_TRUE(file) << file.error().message;
    const auto config = ReadCampaign(*file, env::BuiltInFamilies());
    EXPECT_TRUE(config) << config.error().message;
  }
}

TEST(CampaignConfig, TheDeviceIsReadAndIsAutomaticOtherwise) {
  EXPECT_EQ(Read("")->learner.trainer.device, learner::Device());
  EXPECT_EQ(Read("", {"network.device=cuda:2"})->learner.trainer.device, learner::Device::Cuda(2));
  EXPECT_EQ(Read("[network]\ndevice = \"cpu\"\n")->values["network"]["device"], "cpu");
}

TEST(CampaignConfig, TextParametersNeedNoQuotesInAnAssignment) {
  const auto config =
      Read("[environment]\nid = \"matmul\"\n", {"environment.ring=Z2", "environment.format=2x2x3"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->environment.parameters["format"], "2x2x3");
  EXPECT_THAT(ErrorOf("[environment]\nid = \"go\"\n", {"environment.ko=5"}),
              HasSubstr("--set environment.ko=5: environment go: ko = \"5\": expected one of"));
}

TEST(CampaignConfig, OverridesWinAndAreNamedInMessages) {
  const auto config = Read("[search]\nsimulations = 5\n",
                           {"search.simulations=7", "search.root=gumbel", "campaign.name=x"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->episode.full.simulations, 7);
  EXPECT_EQ(config->episode.full.root, "gumbel");
  EXPECT_EQ(config->store_path(), "runs/x.db");
  EXPECT_THAT(ErrorOf("", {"search.simulations=many"}), HasSubstr("--set search.simulations=many"));
  EXPECT_THAT(ErrorOf("", {"simulations=3"}), HasSubstr("expected section.key=value"));
}

TEST(CampaignConfig, ReportsBrokenTomlWithItsLine) {
  EXPECT_THAT(ErrorOf("[search]\nroot = \n"), HasSubstr("c.toml:2: not valid TOML"));
}

TEST(CampaignConfig, ReferenceNamesEveryKey) {
  const std::string reference = CampaignReference(env::BuiltInFamilies());
  for (const char* key : {"`simulations`", "`workers`", "`blocks`", "`reuse`", "`komi`"}) {
    EXPECT_THAT(reference, HasSubstr(key));
  }
}

// A reference that a person edits goes stale: the page is the program's own words.
TEST(CampaignConfig, TheReferencePageIsWhatTheProgramPrints) {
  std::ifstream file(TESUJI_SOURCE_DIR "/docs/campaign-file.md");
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), CampaignReference(env::BuiltInFamilies()))
      << "renew it: tesuji envs --campaign-reference > docs/campaign-file.md";
}

}  // namespace
}  // namespace tesuji::campaign
