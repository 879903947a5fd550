// What tests of whole campaigns share: a folder for each test, a campaign from TOML, its store.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "campaign/campaign.h"

namespace tesuji::campaign {

class CampaignFixture : public testing::Test {
 protected:
  CampaignFixture() {
    folder_ =
        std::filesystem::path(testing::TempDir()) /
        ("tesuji_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
         "_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~CampaignFixture() override { std::filesystem::remove_all(folder_); }

  /// `toml` with a store in the folder, so many episodes, and what `overrides` say.
  CampaignConfig ReadConfig(const std::string& toml, const env::Registry& registry,
                            const std::string& store, std::int64_t episodes,
                            const std::vector<std::string>& overrides) const {
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
  std::unique_ptr<storage::Store> Reopen(const std::string& store) const {
    auto opened = storage::Store::Open(folder_ / store, storage::OpenMode::kReadOnly);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }

  std::filesystem::path folder_;
  std::atomic<bool> stop_{false};
};

}  // namespace tesuji::campaign
