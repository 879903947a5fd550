// What tests of campaigns and their stores share: a folder for each test, a campaign from TOML,
// what its store holds.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "campaign/campaign.h"
#include "campaign/verify_store.h"

namespace tesuji::campaign {

class CampaignFixture : public testing::Test {
 protected:
  CampaignFixture() {
    std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ranges::replace(name, '/', '_');
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("tesuji_" + name + "_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~CampaignFixture() override { std::filesystem::remove_all(folder_); }

  /// `toml` with a store in the folder, so many episodes, and what `overrides` say.
  CampaignConfig ReadConfig(const std::string& toml, const env::Registry& registry,
                            const std::string& store, std::int64_t episodes,
                            const std::vector<std::string>& overrides = {}) const {
    auto file = ConfigFile::Parse(toml, "test.toml");
    EXPECT_TRUE(file) << file.error().message;
    EXPECT_TRUE(file->Override("storage.path=" + Json((folder_ / store).string()).dump()));
    EXPECT_TRUE(file->Override("campaign.episodes=" + std::to_string(episodes)));
    for (const auto& assignment : overrides) EXPECT_TRUE(file->Override(assignment));
    auto config = ReadCampaign(*file, registry);
    EXPECT_TRUE(config) << config.error().message;
    return *config;
  }
  CampaignOutcome RunCampaign(const CampaignConfig& config, const env::Registry& registry) {
    auto campaign = Campaign::Open(config, registry);
    EXPECT_TRUE(campaign) << campaign.error().message;
    return (*campaign)->Run(stop_);
  }

  std::unique_ptr<storage::Store> OpenStore(const std::string& store,
                                            storage::OpenMode mode) const {
    auto opened = storage::Store::Open(folder_ / store, mode);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  std::unique_ptr<storage::Store> Create(const std::string& store) const {
    return OpenStore(store, storage::OpenMode::kCreateOrOpen);
  }
  std::unique_ptr<storage::Store> Reopen(const std::string& store) const {
    return OpenStore(store, storage::OpenMode::kReadOnly);
  }
  /// All trajectories, in the order of their arrival; none may be damaged.
  std::vector<storage::StoredTrajectory> Stored(const std::string& store) const {
    std::vector<storage::StoredTrajectory> all;
    Reopen(store)->ForEachTrajectory(
        1,
        [&](const storage::StoredTrajectory& stored) {
          all.push_back(stored);
          return true;
        },
        [](storage::TrajectoryId id, const std::string& reason) {
          ADD_FAILURE() << "trajectory " << id << ": " << reason;
        });
    return all;
  }
  std::vector<std::string> Hashes(const std::string& store) const {
    std::vector<std::string> hashes;
    for (const auto& stored : Stored(store)) hashes.push_back(stored.hash);
    return hashes;
  }
  /// Episodes 0 to `count` - 1, each once, and `tesuji verify` finds nothing.
  void ExpectEachOnceAndSound(const std::string& store, const env::Registry& registry,
                              std::int64_t count) const {
    std::set<std::uint64_t> numbers;
    for (const auto& stored : Stored(store)) {
      EXPECT_TRUE(numbers.insert(stored.trajectory.provenance.episode).second);
    }
    ASSERT_EQ(std::ssize(numbers), count);
    EXPECT_EQ(*numbers.rbegin(), static_cast<std::uint64_t>(count - 1));
    const auto report = VerifyStore(*Reopen(store), registry, 0, {});
    EXPECT_EQ(report.checked, count);
    EXPECT_TRUE(report.failures.empty()) << report.failures.front().reason;
  }

  std::filesystem::path folder_;
  std::atomic<bool> stop_{false};
};

}  // namespace tesuji::campaign
