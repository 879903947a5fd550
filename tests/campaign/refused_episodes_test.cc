// Episodes that a replay refuses: stored as rejected with the reason, never taught, and never
// called verified.
#include "tests/campaign/campaign_fixture.h"
#include "tests/contract/broken/sound.h"

namespace tesuji::campaign {
namespace {

/// Heaps, whose record lacks the last move.
struct LossyState : broken::Sound<LossyState> {
  std::string Artifact() const override {
    return record_.substr(0, record_.size() - std::min<std::size_t>(2, record_.size()));
  }
};
struct LossyEnvironment : broken::SoundEnvironment<LossyState> {
  LossyEnvironment() { spec_.id = "lossy"; }
};

class RefusedEpisodes : public CampaignFixture {
 protected:
  RefusedEpisodes() {
    registry_.Add({.id = "lossy",
                   .summary = "loses the last move of its record",
                   .parameters = {},
                   .make = [](const Json&) -> Result<std::unique_ptr<const env::Environment>> {
                     return std::make_unique<const LossyEnvironment>();
                   }});
  }

  env::Registry registry_;
};

TEST_F(RefusedEpisodes, AreStoredAsRejectedWithTheReason) {
  RunCampaign(ReadConfig("[environment]\nid = \"lossy\"\n"
                         "[search]\nsimulations = 2\n[network]\nblocks = 1\nchannels = 4\n"
                         "[selfplay]\nworkers = 1\nepisodes_per_worker = 2\n"
                         "[evaluation]\nevery = 0\nfinal_games = 0\n",
                         registry_, "lossy.db", 6),
              registry_);
  const auto all = Stored("lossy.db");
  EXPECT_GE(all.size(), 1U);
  for (const auto& stored : all) {
    EXPECT_EQ(stored.status, storage::TrajectoryStatus::kRejected);
    EXPECT_EQ(stored.trajectory.evidence["rejected"],
              Json::array({"artifact leads to another state than the steps do"}));
  }
  const auto report = VerifyStore(*Reopen("lossy.db"), registry_, 0, {});
  EXPECT_TRUE(report.failures.empty()) << report.failures.front().reason;
}

}  // namespace
}  // namespace tesuji::campaign
