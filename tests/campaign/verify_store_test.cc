// What `tesuji verify` finds: failures, episodes that cannot be replayed here, and problems of
// tables are told apart.
#include "campaign/verify_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "api/registry.h"
#include "env/tictactoe/tictactoe.h"
#include "tests/campaign/campaign_fixture.h"

namespace tesuji::campaign {
namespace {

using testing::HasSubstr;

class VerifyStoreTest : public CampaignFixture {
 protected:
  VerifyStoreTest() { registry_.Add(env::TicTacToeFactory()); }
  /// Episodes without a step, which the rules refuse where they are asked.
  void Append(const std::string& environment, int version, int episodes) {
    for (int i = 0; i < episodes; ++i) {
      storage::Store::Append row;
      row.trajectory.provenance.environment_id = environment;
      row.trajectory.provenance.environment_version = version;
      row.trajectory.provenance.episode = next_++;
      store_->AppendTrajectories({row});
    }
  }
  int KnownVersion() const {
    return registry_.Make("tictactoe", Json::object()).value()->spec().version;
  }
  VerifyReport Verify() const { return VerifyStore(*store_, registry_, 0, {}); }

  env::Registry registry_;
  std::unique_ptr<storage::Store> store_ = Create("a.db");
  std::uint64_t next_ = 0;
};

TEST_F(VerifyStoreTest, EpisodesOfAnotherVersionAreOneGroupAndNoFailures) {
  Append("tictactoe", KnownVersion() + 4, 30);
  const VerifyReport report = Verify();
  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(report.checked, 0);
  ASSERT_EQ(report.not_replayed.size(), 1U);
  EXPECT_EQ(report.not_replayed[0].environment, "tictactoe");
  EXPECT_EQ(report.not_replayed[0].version, KnownVersion() + 4);
  EXPECT_EQ(report.not_replayed[0].known_version, KnownVersion());
  EXPECT_EQ(report.not_replayed[0].episodes, 30);
  EXPECT_FALSE(report.clean());
}

TEST_F(VerifyStoreTest, EpisodesOfAnUnknownEnvironmentAreOneGroup) {
  Append("plugged-in", 3, 20);
  const VerifyReport report = Verify();
  EXPECT_TRUE(report.failures.empty());
  ASSERT_EQ(report.not_replayed.size(), 1U);
  EXPECT_EQ(report.not_replayed[0].known_version, 0);
  EXPECT_EQ(report.not_replayed[0].episodes, 20);
  EXPECT_FALSE(report.clean());
}

TEST_F(VerifyStoreTest, AStoreCutToAFewPagesIsReportedTableByTable) {
  Append("tictactoe", KnownVersion(), 200);
  store_.reset();
  std::filesystem::resize_file(folder_ / "a.db", 20'000);
  store_ = OpenStore("a.db", storage::OpenMode::kInspect);
  const VerifyReport report = Verify();
  EXPECT_FALSE(report.clean());
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_THAT(report.failures[0].reason, HasSubstr("damaged"));
  EXPECT_FALSE(report.tables.empty()) << "what can still be read";
}

TEST_F(VerifyStoreTest, EpisodesThatTheRulesRefuseAreFailures) {
  Append("tictactoe", KnownVersion(), 2);
  const VerifyReport report = Verify();
  EXPECT_EQ(report.checked, 2);
  EXPECT_EQ(report.failures.size(), 2U);
  EXPECT_TRUE(report.not_replayed.empty());
}

TEST_F(VerifyStoreTest, ACheckpointWithoutItsWeightsIsAProblemOfItsTable) {
  storage::CheckpointInfo info;
  info.hash = std::string(64, 'a');
  store_->PutCheckpoint(info, {}, {});
  const VerifyReport report = Verify();
  EXPECT_EQ(report.table_problems(), 1);
  EXPECT_FALSE(report.clean());
  for (const auto& table : report.tables) {
    if (table.table != "checkpoints") continue;
    ASSERT_EQ(table.problems.size(), 1U);
    EXPECT_EQ(table.problems[0].row, "0");
    EXPECT_THAT(table.problems[0].reason, HasSubstr("weights are missing"));
  }
}

}  // namespace
}  // namespace tesuji::campaign
