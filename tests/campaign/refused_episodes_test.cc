// Episodes that a replay refuses: stored as rejected with the reason, never taught, and never
// called verified.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "campaign/campaign.h"
#include "campaign/verify_store.h"
#include "cli/families.h"
#include "tests/contract/broken/sound.h"

namespace tesuji::campaign {
namespace {

/// Heaps, whose record is a move short where `every` divides the number of its tokens taken.
struct LossyState : broken::Sound<LossyState> {
  std::string Artifact() const override {
    return record_.substr(0, record_.size() - std::min<std::size_t>(2, record_.size()));
  }
};
struct LossyEnvironment : broken::SoundEnvironment<LossyState> {
  LossyEnvironment() { spec_.id = "lossy"; }
};

class RefusedEpisodes : public testing::Test {
 protected:
  RefusedEpisodes()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("tesuji_refused_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    registry_.Add({.id = "lossy",
                   .summary = "loses the last move of its record",
                   .parameters = {},
                   .make = [](const Json&) -> Result<std::unique_ptr<const env::Environment>> {
                     return std::make_unique<const LossyEnvironment>();
                   }});
  }
  ~RefusedEpisodes() override { std::filesystem::remove_all(folder_); }

  env::Registry registry_ = env::BuiltInFamilies();
  std::filesystem::path folder_;
};

TEST_F(RefusedEpisodes, AreStoredAsRejectedWithTheReason) {
  const auto path = folder_ / "lossy.db";
  auto file = ConfigFile::Parse(
      "[campaign]\nepisodes = 6\n[environment]\nid = \"lossy\"\n"
      "[search]\nsimulations = 2\n[network]\nblocks = 1\nchannels = 4\n"
      "[selfplay]\nworkers = 1\nepisodes_per_worker = 2\n"
      "[evaluation]\nevery = 0\nfinal_games = 0\n",
      "test.toml");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->Override("storage.path=" + Json(path.string()).dump()));
  const auto config = ReadCampaign(*file, registry_);
  ASSERT_TRUE(config) << config.error().message;
  {
    auto campaign = Campaign::Open(*config, registry_);
    ASSERT_TRUE(campaign) << campaign.error().message;
    const std::atomic<bool> stop{false};
    (*campaign)->Run(stop);
  }
  const auto store = storage::Store::Open(path, storage::OpenMode::kReadOnly).value();
  int rejected = 0;
  store->ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        EXPECT_EQ(stored.status, storage::TrajectoryStatus::kRejected);
        EXPECT_EQ(stored.trajectory.evidence["rejected"],
                  Json::array({"artifact leads to another state than the steps do"}));
        ++rejected;
        return true;
      },
      {});
  EXPECT_GE(rejected, 1);
  const auto report = VerifyStore(*store, registry_, 0, {});
  EXPECT_TRUE(report.failures.empty()) << report.failures.front().reason;
}

}  // namespace
}  // namespace tesuji::campaign
