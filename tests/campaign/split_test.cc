// Held out by episode, or by task where a lone agent meets many tasks.
#include "campaign/split.h"

#include <gtest/gtest.h>

#include "cli/families.h"
#include "core/random.h"
#include "tests/campaign/campaign_fixture.h"

namespace tesuji::campaign {
namespace {

class SplitTest : public CampaignFixture {
 protected:
  std::unique_ptr<const env::Environment> Make(const std::string& id,
                                               const Json& parameters = Json::object()) {
    return std::move(env::BuiltInEnvironments().Make(id, parameters).value());
  }
};

env::Trajectory EpisodeOf(const env::Task& task, std::uint64_t episode) {
  env::Trajectory trajectory;
  trajectory.task = task;
  trajectory.provenance.episode = episode;
  return trajectory;
}

TEST_F(SplitTest, AllEpisodesOfATaskFallOnOneSide) {
  const auto programs = Make("program");
  const auto store = Create("a.db");
  const Split split = Split::Of(*programs, store.get(), 1, 0.3);
  EXPECT_EQ(store->GetFact("heldout_by"), "task");
  RandomStream random(3);
  int heldout = 0;
  for (int i = 0; i < 100; ++i) {
    const env::Task task = programs->SampleTask(random);
    const bool side = split.IsHeldOut(EpisodeOf(task, 0));
    heldout += side ? 1 : 0;
    for (std::uint64_t episode = 1; episode < 8; ++episode) {
      EXPECT_EQ(split.IsHeldOut(EpisodeOf(task, episode)), side);
    }
  }
  EXPECT_GT(heldout, 15);
  EXPECT_LT(heldout, 45);
}

TEST_F(SplitTest, GamesAndSingleTasksAreDrawnByEpisode) {
  for (const char* id : {"go", "2048", "tictactoe"}) {
    const auto environment = Make(id);
    const auto store = Create(std::string(id) + ".db");
    const Split split = Split::Of(*environment, store.get(), 1, 0.3);
    EXPECT_EQ(store->GetFact("heldout_by"), "episode") << id;
    RandomStream random(3);
    const env::Task task = environment->SampleTask(random);
    int heldout = 0;
    for (std::uint64_t episode = 0; episode < 200; ++episode) {
      heldout += split.IsHeldOut(EpisodeOf(task, episode)) ? 1 : 0;
    }
    EXPECT_GT(heldout, 30) << id;
    EXPECT_LT(heldout, 90) << id;
  }
}

// Otherwise tasks that were taught already would be held out.
TEST_F(SplitTest, AStoreKeepsToTheWayThatItBeganWith) {
  const auto programs = Make("program");
  const auto store = Create("a.db");
  store->PutFact("heldout_by", "episode");
  const Split split = Split::Of(*programs, store.get(), 1, 0.3);
  EXPECT_EQ(store->GetFact("heldout_by"), "episode");
  RandomStream random(3);
  const env::Task task = programs->SampleTask(random);
  int heldout = 0;
  for (std::uint64_t episode = 0; episode < 200; ++episode) {
    heldout += split.IsHeldOut(EpisodeOf(task, episode)) ? 1 : 0;
  }
  EXPECT_GT(heldout, 30);
  EXPECT_LT(heldout, 90);
}

}  // namespace
}  // namespace tesuji::campaign
