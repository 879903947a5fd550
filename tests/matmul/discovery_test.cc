// Discovery campaigns: improvements are stored, verified independently, and gone on from.
#include "env/matmul/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "campaign/verify_store.h"
#include "cli/families.h"
#include "env/matmul/tensor_check.h"

namespace tesuji::env::matmul {
namespace {

namespace matmul = env::matmul;

class DiscoveryTest : public testing::Test {
 protected:
  DiscoveryTest() {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("tesuji_discovery_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
  }
  ~DiscoveryTest() override { std::filesystem::remove_all(folder_); }

  DiscoveryOptions Options(const matmul::Format& format, int target) {
    DiscoveryOptions options;
    options.search.format = format;
    options.search.target_rank = target;
    options.search.walkers = 4;
    options.search.walk_flips = 200'000;
    options.search.stage_effort = 100;
    options.search.max_flips = 500'000'000;
    options.store = folder_ / "m.db";
    return options;
  }
  DiscoveryOutcome Run(const DiscoveryOptions& options) {
    auto outcome = Discover(options, stop_);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(DiscoveryOutcome{});
  }
  campaign::VerifyReport Verify() {
    const auto store = storage::Store::Open(folder_ / "m.db", storage::OpenMode::kReadOnly).value();
    return campaign::VerifyStore(*store, env::BuiltInFamilies(), 0, {});
  }

  std::filesystem::path folder_;
  std::atomic<bool> stop_{false};
};

TEST_F(DiscoveryTest, StoresWhatItFindsAndVerifyWalksItAgain) {
  const auto outcome = Run(Options({2, 2, 3}, 11));
  EXPECT_EQ(outcome.rank, 11);
  EXPECT_TRUE(outcome.reached_target);
  ASSERT_FALSE(outcome.best.empty());
  EXPECT_TRUE(matmul::CheckScheme(outcome.best.front()));
  const auto report = Verify();
  EXPECT_EQ(report.checked, outcome.stored);
  EXPECT_GE(report.checked, 1);
  EXPECT_TRUE(report.failures.empty()) << report.failures.front().reason;
}

TEST_F(DiscoveryTest, GoesOnFromTheStoresBest) {
  const auto first = Run(Options({2, 2, 2}, 7));
  const auto second = Run(Options({2, 2, 2}, 7));
  EXPECT_EQ(second.rank, 7);
  EXPECT_EQ(second.stored, 0);
  EXPECT_EQ(Verify().checked, first.stored);
}

TEST_F(DiscoveryTest, RefusesAStoreOfAnotherFormat) {
  Run(Options({2, 2, 2}, 7));
  const auto other = Discover(Options({2, 2, 3}, 11), stop_);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, testing::HasSubstr("use another store"));
}

TEST_F(DiscoveryTest, VerifyFindsASchemeThatDoesNotMultiply) {
  Run(Options({2, 2, 2}, 7));
  {
    const auto store =
        storage::Store::Open(folder_ / "m.db", storage::OpenMode::kReadWrite).value();
    auto row = store->GetTrajectory(1).value();
    auto scheme = matmul::ParseScheme(row.trajectory.artifact).value();
    scheme.terms[0][2].plus ^= 1;
    Json artifact = matmul::SchemeToJson(scheme);
    artifact["steps"] = 0;
    artifact["end"] = "walk";
    row.trajectory.artifact = artifact.dump();
    row.trajectory.provenance.episode = 99;
    store->AppendTrajectories({{.trajectory = row.trajectory}});
  }
  const auto report = Verify();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_THAT(report.failures[0].reason, testing::HasSubstr("artifact"));
}

}  // namespace
}  // namespace tesuji::env::matmul
