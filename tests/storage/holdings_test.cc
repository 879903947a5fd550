// A store keeps the episodes of one environment: what else is offered is refused, with what is
// held.
#include "storage/holdings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "env/go/go_environment.h"
#include "env/tictactoe/tictactoe.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

using testing::HasSubstr;

class HoldingsTest : public testing::Test {
 protected:
  HoldingsTest() {
    registry_.Add(env::go::GoFactory());
    registry_.Add(env::TicTacToeFactory());
  }
  std::unique_ptr<const env::Environment> Go(const Json& parameters = Json::object()) {
    return registry_.Make("go", parameters).value();
  }
  void Append(const env::Environment& environment, std::uint64_t episode, int version = 0) {
    auto trajectory = GameLikeTrajectory(1, episode);
    trajectory.provenance.environment_id = environment.spec().id;
    trajectory.provenance.environment_version = version > 0 ? version : environment.spec().version;
    trajectory.provenance.environment_parameters = environment.parameters();
    store_->AppendTrajectories({Verified(std::move(trajectory))});
  }
  Holdings Held() const { return {*store_, registry_}; }

  TemporaryFolder folder_;
  env::Registry registry_;
  std::unique_ptr<Store> store_ = OpenStore(folder_ / "s.db");
};

TEST_F(HoldingsTest, AnEmptyStoreTakesAnything) {
  EXPECT_TRUE(Held().Takes(*Go()).has_value());
  EXPECT_TRUE(Held().TakesRecords(*Go({{"size", 5}})).has_value());
}

TEST_F(HoldingsTest, ACampaignOnRecordsOfAnotherBoardIsRefused) {
  Append(*Go({{"size", 9}}), 1);
  Append(*Go({{"size", 9}}), 2);
  EXPECT_TRUE(Held().Takes(*Go({{"size", 9}})).has_value());
  const auto other = Held().Takes(*Go({{"size", 5}}));
  ASSERT_FALSE(other.has_value());
  EXPECT_THAT(other.error().message, HasSubstr("s.db: holds 2 episodes of environment go with"));
  EXPECT_THAT(other.error().message, HasSubstr("= 9 (here 5)"));
  EXPECT_THAT(other.error().message, HasSubstr("use another store"));
}

TEST_F(HoldingsTest, AnotherEnvironmentIsRefused) {
  Append(*Go(), 1);
  const auto other = registry_.Make("tictactoe", Json::object()).value();
  for (const Status& status : {Held().Takes(*other), Held().TakesRecords(*other)}) {
    ASSERT_FALSE(status.has_value());
    EXPECT_THAT(status.error().message,
                HasSubstr("holds 1 episode of environment go (here tictactoe)"));
  }
}

TEST_F(HoldingsTest, AnotherVersionOfTheRulesIsRefused) {
  Append(*Go(), 1, 77);
  EXPECT_THAT(Held().Takes(*Go()).error().message, HasSubstr("go version 77 (here version "));
}

TEST_F(HoldingsTest, RecordsOfSeveralBoardsMayLieTogetherUntilThereIsACampaign) {
  Append(*Go({{"size", 9}}), 1);
  EXPECT_TRUE(Held().TakesRecords(*Go({{"size", 5}})).has_value());
  store_->PutFact("campaign", {{"environment", {{"id", "go"}, {"size", 9}}}});
  EXPECT_TRUE(Held().TakesRecords(*Go({{"size", 9}})).has_value());
  EXPECT_FALSE(Held().TakesRecords(*Go({{"size", 5}})).has_value());
}

TEST_F(HoldingsTest, ACampaignThatStoredNothingYetCounts) {
  store_->PutFact("campaign", {{"environment", {{"id", "go"}, {"size", 5}}}});
  EXPECT_TRUE(Held().Takes(*Go({{"size", 5}})).has_value());
  EXPECT_THAT(Held().Takes(*Go({{"size", 9}})).error().message,
              HasSubstr("holds a campaign of environment go with"));
}

TEST_F(HoldingsTest, AParameterThatIsNotNamedHadItsDefault) {
  auto trajectory = GameLikeTrajectory(1, 1);
  const auto go = Go();
  trajectory.provenance.environment_version = go->spec().version;
  trajectory.provenance.environment_parameters = Json::object();
  store_->AppendTrajectories({Verified(std::move(trajectory))});
  EXPECT_TRUE(Held().Takes(*go).has_value());
}

}  // namespace
}  // namespace tesuji::storage
