#include "campaign/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "campaign/status.h"
#include "cli/families.h"
#include "tests/campaign/campaign_fixture.h"

namespace tesuji::campaign {
namespace {

class CampaignTest : public CampaignFixture {
 protected:
  CampaignConfig Config(const std::string& store, std::int64_t episodes,
                        const std::vector<std::string>& overrides = {}) {
    return ReadConfig(
        "[environment]\nid = \"tictactoe\"\n"
        "[search]\nroot = \"gumbel\"\nsimulations = 4\ngumbel_considered = 4\n"
        "[network]\nblocks = 1\nchannels = 8\nhead_channels = 8\n"
        "[selfplay]\nworkers = 1\nepisodes_per_worker = 8\n"
        "[learner]\ngeneration_episodes = 30\nfirst_rows = 50\nbatch = 32\nreuse = 1\n"
        "[storage]\nheldout_fraction = 0.2\n"
        "[evaluation]\ngames = 2\nvisits = 4\nfinal_games = 2\n",
        registry_, store, episodes, overrides);
  }
  CampaignOutcome Run(const CampaignConfig& config) { return RunCampaign(config, registry_); }

  env::Registry registry_ = env::BuiltInFamilies();
};

TEST_F(CampaignTest, StoresVerifiedEpisodesAndTrainsGenerations) {
  Run(Config("a.db", 100));
  const auto store = Reopen("a.db");
  const Json status = StatusJson(*store);
  EXPECT_EQ(status["episodes"], 100);
  EXPECT_EQ(status["verified"], 100);
  EXPECT_EQ(status["rejected"], 0);
  EXPECT_GT(status["heldout"], 5);
  ASSERT_GE(status["checkpoints"].size(), 4U);
  const Json& last = status["checkpoints"].back();
  EXPECT_TRUE(last["bits_per_action"].is_number());
  EXPECT_TRUE(last["uniform_bits_per_action"].is_number());
  EXPECT_TRUE(last["previous_bits_per_action"].is_number());
  EXPECT_TRUE(last["elo"].is_number());
  EXPECT_THAT(StatusTable(status), testing::HasSubstr("bits/move"));
  ExpectEachOnceAndSound("a.db", registry_, 100);
}

TEST_F(CampaignTest, OneWorkerAndOneSeedGiveTheSameTrajectories) {
  Run(Config("a.db", 80));
  Run(Config("b.db", 80));
  Run(Config("c.db", 80, {"campaign.seed=2"}));
  EXPECT_EQ(Hashes("a.db"), Hashes("b.db"));
  EXPECT_NE(Hashes("a.db"), Hashes("c.db"));
}

TEST_F(CampaignTest, FirstGamesMayBeSearchedByRandomPlayouts) {
  Run(Config("s.db", 40, {"selfplay.first_rollouts=2"}));
  std::vector<std::string> by;  // Which evaluator chose the last action of each episode.
  for (const auto& stored : Stored("s.db")) {
    by.push_back(stored.trajectory.provenance.checkpoints.back());
  }
  ASSERT_EQ(by.size(), 40U);
  // Playouts until the first training, the network ever after.
  const auto trained =
      std::ranges::find_if(by, [](const std::string& hash) { return hash != "uniform"; });
  EXPECT_GE(trained - by.begin(), 30);
  EXPECT_NE(trained, by.end());
  EXPECT_EQ(std::find(trained, by.end(), "uniform"), by.end());
}

TEST_F(CampaignTest, GoesOnWhereItStopped) {
  Run(Config("a.db", 40));
  const auto outcome = Run(Config("a.db", 90));
  EXPECT_EQ(outcome.episodes, 50);
  ExpectEachOnceAndSound("a.db", registry_, 90);
}

TEST_F(CampaignTest, KeepsUnfinishedEpisodesWhenStopped) {
  // No limit: only the stop flag ends it, once episodes are stored, and so others are under way.
  std::jthread stopper([this](const std::stop_token& enough) {
    const auto episodes = [this] {
      const auto store = storage::Store::Open(folder_ / "a.db", storage::OpenMode::kReadOnly);
      return store ? (*store)->counts().episodes : 0;
    };
    while (episodes() == 0 && !enough.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stop_ = true;
  });
  const auto first = Run(Config("a.db", 0, {"selfplay.workers=2"}));
  EXPECT_TRUE(first.interrupted);
  EXPECT_GT(first.kept_unfinished, 0);
  stopper.request_stop();
  stopper.join();
  stop_ = false;
  const auto before = Reopen("a.db")->counts().episodes;
  const auto second = Run(Config("a.db", before + 60, {"selfplay.workers=2"}));
  EXPECT_EQ(second.resumed_unfinished, first.kept_unfinished);
  EXPECT_EQ(Reopen("a.db")->counts().episodes, before + 60);
}

/// Games of the match between `player` and `opponent`, in all that is stored of it.
std::int64_t GamesBetween(const storage::Store& store, const std::string& player,
                          const std::string& opponent) {
  std::int64_t games = 0;
  for (const auto& match : store.GetMatches()) {
    if (match.player != player || match.opponent != opponent) continue;
    games += match.wins + match.draws + match.losses;
  }
  return games;
}

TEST_F(CampaignTest, FinalGamesHaveAQuarterOfTheMinutesAndTheNextRunPlaysWhatIsMissing) {
  // Over after 6 ms, and a quarter of that is too short for a game.
  Run(Config("a.db", 40, {"campaign.minutes=0.0001", "evaluation.final_games=50"}));
  EXPECT_EQ(GamesBetween(*Reopen("a.db"), "checkpoint:0", "random"), 0);
  Run(Config("a.db", 10, {"evaluation.final_games=30"}));
  EXPECT_EQ(GamesBetween(*Reopen("a.db"), "checkpoint:0", "random"), 30);
  Run(Config("a.db", 10, {"evaluation.final_games=50"}));
  EXPECT_EQ(GamesBetween(*Reopen("a.db"), "checkpoint:0", "random"), 50);
}

TEST_F(CampaignTest, SeveralWorkersStoreEveryEpisodeOnce) {
  Run(Config("a.db", 200, {"selfplay.workers=3", "selfplay.paused_while_learning=1"}));
  ExpectEachOnceAndSound("a.db", registry_, 200);
}

TEST_F(CampaignTest, ALoneAgentHasItsScoresByGeneration) {
  Run(Config("a.db", 70,
             {"environment.id=\"2048\"", "environment.move_limit=12", "evaluation.games=3"}));
  const Json status = StatusJson(*Reopen("a.db"));
  ASSERT_GE(status["checkpoints"].size(), 3U);
  EXPECT_GE(status["checkpoints"][0]["selfplay_episodes"], 30);
  for (const Json& row : status["checkpoints"]) {
    EXPECT_GT(row.value("mean_score", 1.0), 0) << row;  // The newest may have no episodes yet.
    if (row["id"] == 0) continue;
    EXPECT_EQ(row["evaluation_games"], 3) << row;
    EXPECT_GT(row["evaluation_score"], 0) << row;
    EXPECT_EQ(row["evaluation_success"], 0) << row;
  }
  EXPECT_THAT(StatusTable(status), testing::HasSubstr("mean score"));
}

TEST_F(CampaignTest, AnEvaluationThatWasBrokenOffIsMadeByTheNextRun) {
  const std::vector<std::string> lone = {"environment.id=\"2048\"", "environment.move_limit=12"};
  const auto with = [&](const std::string& games) {
    auto settings = lone;
    settings.push_back("evaluation.games=" + games);
    return settings;
  };
  Run(Config("a.db", 70, with("3")));
  const auto newest = StatusJson(*Reopen("a.db"))["checkpoints"].back();
  ASSERT_EQ(newest["evaluation_games"], 3);
  OpenStore("a.db", storage::OpenMode::kReadWrite)->PutFact("evaluation_owed", newest["id"]);
  Run(Config("a.db", 80, with("5")));
  const Json status = StatusJson(*Reopen("a.db"));
  for (const Json& row : status["checkpoints"]) {
    EXPECT_TRUE(row["id"] != newest["id"] || row["evaluation_games"] == 5) << row;
  }
  EXPECT_EQ(Reopen("a.db")->GetFact("evaluation_owed"), Json());
}

// A key that did not exist when a store was made had its default then.
TEST_F(CampaignTest, GoesOnWithAStoreFromBeforeAKeyOfTheNetwork) {
  Run(Config("a.db", 10));
  {
    const auto store = Create("a.db");
    Json values = store->GetFact("campaign").value();
    ASSERT_EQ(values["network"].erase("norm"), 1U);
    store->PutFact("campaign", values);
  }
  Run(Config("a.db", 20));
  EXPECT_EQ(Reopen("a.db")->counts().episodes, 20);
  EXPECT_FALSE(Campaign::Open(Config("a.db", 20, {"network.norm=\"fixed\""}), registry_));
}

TEST_F(CampaignTest, RefusesAStoreOfAnotherCampaign) {
  Run(Config("a.db", 10));
  auto other = Campaign::Open(Config("a.db", 10, {"network.blocks=2"}), registry_);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, testing::HasSubstr("network.blocks = 1"));
}

}  // namespace
}  // namespace tesuji::campaign
