// Held out by episode, or by task where a lone agent meets many tasks.
#include "campaign/split.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "cli/families.h"
#include "core/random.h"

namespace tesuji::campaign {
namespace {

class SplitTest : public testing::Test {
 protected:
  SplitTest() {
    folder_ =
        std::filesystem::path(testing::TempDir()) / ("tesuji_split_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~SplitTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<storage::Store> Open(const std::string& name) {
    return std::move(
        storage::Store::Open(folder_ / name, storage::OpenMode::kCreateOrOpen).value());
  }
  std::unique_ptr<const env::Environment> Make(const std::string& id,
                                               const Json& parameters = Json::object()) {
    return std::move(env::BuiltInEnvironments().Make(id, parameters).value());
  }

  std::filesystem::path folder_;
};

env::Trajectory EpisodeOf(const env::Task& task, std::uint64_t episode) {
  env::Trajectory trajectory;
  trajectory.task = task;
  trajectory.provenance.episode = episode;
  return trajectory;
}

TEST_F(SplitTest, AllEpisodesOfATaskFallOnOneSide) {
  const auto programs = Make("program");
  const auto store = Open("a.db");
  const Split split = Split::Of(*programs, store.get(), 1, 0.3);
  ASSERT_TRUE(split.by_task());
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
    const auto store = Open(std::string(id) + ".db");
    const Split split = Split::Of(*environment, store.get(), 1, 0.3);
    EXPECT_FALSE(split.by_task()) << id;
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
  const auto store = Open("a.db");
  store->PutFact("heldout_by", "episode");
  EXPECT_FALSE(Split::Of(*programs, store.get(), 1, 0.3).by_task());
}

}  // namespace
}  // namespace tesuji::campaign
