// What is put into a store comes out again, once, in order; who may open it, and how.
#include "storage/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>
#include <map>
#include <set>

#include "core/sha256.h"
#include "storage/codec.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// An implementation of Store: where a test may make one.
struct Backend {
  const char* name;
  std::string (*place)(const TemporaryFolder& folder);
};

/// What every implementation keeps.
class StoreContract : public testing::TestWithParam<Backend> {
 protected:
  static std::string Place(const TemporaryFolder& folder) { return GetParam().place(folder); }
};

INSTANTIATE_TEST_SUITE_P(Implementations, StoreContract,
                         testing::Values(Backend{"sqlite",
                                                 [](const TemporaryFolder& folder) {
                                                   return (folder / "s.db").string();
                                                 }}),
                         [](const auto& backend) { return std::string(backend.param.name); });

/// Everything in the store, failing the test on any broken row.
std::vector<StoredTrajectory> ReadAll(const Store& store, TrajectoryId first = 1) {
  std::vector<StoredTrajectory> all;
  store.ForEachTrajectory(
      first,
      [&](const StoredTrajectory& stored) {
        all.push_back(stored);
        return true;
      },
      [](TrajectoryId id, const std::string& reason) { ADD_FAILURE() << id << ": " << reason; });
  return all;
}

TEST_P(StoreContract, ReturnsRandomTrajectoriesAsTheyWere) {
  const TemporaryFolder folder;
  RandomStream random{1};
  std::vector<Store::Append> batch;
  for (int i = 0; i < 300; ++i) {
    batch.push_back({RandomTrajectory(&random),
                     i % 3 == 0 ? TrajectoryStatus::kRejected : TrajectoryStatus::kVerified,
                     i % 5 == 0 ? "heldout" : "train"});
  }
  OpenStore(Place(folder))->AppendTrajectories(batch);
  const auto store = OpenStore(Place(folder), OpenMode::kReadOnly);
  const auto all = ReadAll(*store);
  ASSERT_EQ(all.size(), batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    EXPECT_EQ(all[i].id, static_cast<TrajectoryId>(i + 1));
    EXPECT_EQ(all[i].status, batch[i].status);
    EXPECT_EQ(all[i].split, batch[i].split);
    EXPECT_EQ(all[i].hash, ContentHash(batch[i].trajectory));
    EXPECT_TRUE(SameTrajectory(all[i].trajectory, batch[i].trajectory)) << i;
  }
  EXPECT_TRUE(IsSound(*store));
}

TEST_P(StoreContract, StoresEachEpisodeOnce) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  const auto game = [](std::uint64_t seed, std::uint64_t episode) {
    return Verified(GameLikeTrajectory(seed, episode));
  };
  EXPECT_THAT(store->AppendTrajectories({game(1, 5), game(1, 6), game(1, 5)}),
              ElementsAre(1, 2, 0));
  auto other_play = game(1, 6);
  other_play.trajectory.outcome.value = -1;
  EXPECT_THAT(store->AppendTrajectories({other_play, game(2, 6), game(1, 7)}),
              ElementsAre(0, 3, 4));
  EXPECT_EQ(store->counts().episodes, 4);
  EXPECT_EQ(store->LatestTrajectoryId(), 4);
  EXPECT_EQ(store->GetTrajectory(2)->trajectory.outcome.value, 1);
}

TEST_P(StoreContract, CountsWhatItHolds) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  std::int64_t actions = 0;
  for (std::uint64_t episode = 0; episode < 10; ++episode) {
    auto trajectory = GameLikeTrajectory(1, episode);
    actions += std::ssize(trajectory.steps);
    store->AppendTrajectories(
        {{std::move(trajectory),
          episode < 3 ? TrajectoryStatus::kRejected : TrajectoryStatus::kVerified,
          episode < 2 ? "heldout" : "train"}});
  }
  store->AddDropped(2);
  store->AddDropped(3);
  const Counts counts = store->counts();
  EXPECT_EQ(counts.episodes, 10);
  EXPECT_EQ(counts.verified, 7);
  EXPECT_EQ(counts.rejected, 3);
  EXPECT_EQ(counts.heldout, 2);
  EXPECT_EQ(counts.dropped, 5);
  EXPECT_EQ(counts.actions, actions);
}

TEST_P(StoreContract, ListsTheEnvironmentsOfItsEpisodes) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  EXPECT_TRUE(store->Environments().empty());
  const auto game = [](std::uint64_t episode, int size, int version) {
    auto trajectory = GameLikeTrajectory(1, episode);
    trajectory.provenance.environment_parameters["size"] = size;
    trajectory.provenance.environment_version = version;
    return Verified(std::move(trajectory));
  };
  store->AppendTrajectories({game(1, 9, 1), game(2, 13, 1), game(3, 9, 1)});
  // Episode 3 is there already and counts once.
  store->AppendTrajectories({game(3, 9, 1), game(4, 9, 2), game(5, 9, 1)});
  const auto held = store->Environments();
  ASSERT_EQ(held.size(), 3U);
  std::map<std::pair<Json, int>, std::int64_t> episodes;
  for (const StoredEnvironment& environment : held) {
    EXPECT_EQ(environment.id, "go");
    episodes[{environment.parameters.at("size"), environment.version}] = environment.episodes;
  }
  EXPECT_EQ((episodes[{9, 1}]), 3);
  EXPECT_EQ((episodes[{13, 1}]), 1);
  EXPECT_EQ((episodes[{9, 2}]), 1);
}

TEST_P(StoreContract, VisitsFromAnyRowUntilToldToStop) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  std::vector<Store::Append> batch;
  for (std::uint64_t episode = 0; episode < 700; ++episode) {
    batch.push_back(Verified(GameLikeTrajectory(1, episode, 60)));
  }
  store->AppendTrajectories(batch);
  const auto tail = ReadAll(*store, 650);
  ASSERT_EQ(tail.size(), 51U);
  EXPECT_EQ(tail.front().id, 650);
  EXPECT_EQ(tail.back().trajectory.provenance.episode, 699U);
  int visited = 0;
  store->ForEachTrajectory(1, [&](const StoredTrajectory&) { return ++visited < 300; }, {});
  EXPECT_EQ(visited, 300);
  EXPECT_TRUE(ReadAll(*store, 701).empty());
}

TEST_P(StoreContract, MayBeUsedWhileItIsVisited) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  for (std::uint64_t episode = 0; episode < 3; ++episode) {
    store->AppendTrajectories({Verified(GameLikeTrajectory(1, episode))});
  }
  int visited = 0;
  store->ForEachTrajectory(1,
                           [&](const StoredTrajectory& stored) {
                             store->AppendTrajectories({Verified(GameLikeTrajectory(
                                 1, 100 + static_cast<std::uint64_t>(stored.id)))});
                             ++visited;
                             return true;
                           },
                           {});
  EXPECT_EQ(visited, 3);
  EXPECT_EQ(store->counts().episodes, 6);
}

TEST_P(StoreContract, SummarisesWithoutDecoding) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  const auto trajectory = GameLikeTrajectory(~std::uint64_t{0}, ~std::uint64_t{0} - 4);
  store->AppendTrajectories({{trajectory, TrajectoryStatus::kRejected, "heldout"}});
  std::vector<TrajectorySummary> all;
  store->ForEachSummary(1,
                        [&](const TrajectorySummary& summary) {
                          all.push_back(summary);
                          return true;
                        },
                        {});
  ASSERT_EQ(all.size(), 1U);
  const TrajectorySummary& summary = all[0];
  EXPECT_EQ(summary.hash, ContentHash(trajectory));
  EXPECT_EQ(summary.campaign_seed, ~std::uint64_t{0});
  EXPECT_EQ(summary.episode, ~std::uint64_t{0} - 4);
  EXPECT_EQ(summary.environment, "go");
  EXPECT_EQ(summary.environment_version, 1);
  EXPECT_EQ(summary.task, "9x9");
  EXPECT_EQ(summary.status, TrajectoryStatus::kRejected);
  EXPECT_EQ(summary.split, "heldout");
  EXPECT_EQ(summary.steps, std::ssize(trajectory.steps));
  EXPECT_GT(summary.targets, 0);
  EXPECT_LT(summary.targets, summary.steps);
  EXPECT_EQ(summary.value, 1);
  EXPECT_EQ(summary.score, 3);
  EXPECT_EQ(summary.termination, "two-passes");
  EXPECT_EQ(summary.first_checkpoint, trajectory.provenance.checkpoints.front());
  EXPECT_EQ(summary.last_checkpoint, trajectory.provenance.checkpoints.back());
  EXPECT_EQ(summary.timing.evaluations, 7000);
  EXPECT_EQ(summary.stored_bytes,
            static_cast<std::int64_t>(EncodeTrajectory(trajectory).bytes.size()));
}

TEST_P(StoreContract, CountsEpisodesByTheCheckpointTheyBeganWith) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  for (std::uint64_t episode = 0; episode < 7; ++episode) {
    auto trajectory = GameLikeTrajectory(1, episode);
    trajectory.provenance.checkpoints = {episode < 4 ? "aa" : "bb", "cc"};
    store->AppendTrajectories(
        {{std::move(trajectory),
          episode == 0 ? TrajectoryStatus::kRejected : TrajectoryStatus::kVerified, "train"}});
  }
  const auto counted = store->EpisodesPerCheckpoint();
  ASSERT_EQ(counted.size(), 2U);
  EXPECT_EQ(counted[0].hash, "aa");
  EXPECT_EQ(counted[0].verified, 3);
  EXPECT_EQ(counted[0].rejected, 1);
  EXPECT_EQ(counted[1].hash, "bb");
  EXPECT_EQ(counted[1].verified, 3);
}

TEST_P(StoreContract, KeepsFacts) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  EXPECT_EQ(store->GetFact("campaign"), std::nullopt);
  store->PutFact("campaign", {{"seed", 7}, {"name", "go9"}});
  store->PutFact("next_episode", 1);
  store->PutFact("next_episode", 2);
  EXPECT_EQ(store->GetFact("campaign"), (Json{{"name", "go9"}, {"seed", 7}}));
  EXPECT_EQ(store->GetFact("next_episode"), Json(2));
}

TEST_P(StoreContract, ForgetsAnUnfinishedEpisodeOnceItIsStored) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  store->PutUnfinished({{3, "old"}});
  const std::string bytes("a\0b", 3);
  const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  store->PutUnfinished({{9, bytes, UnfinishedKind::kUnjudged}, {4, ""}, {huge, "x"}});
  auto left = store->GetUnfinished();
  ASSERT_EQ(left.size(), 3U);
  store->AppendTrajectories(
      {Verified(GameLikeTrajectory(1, 4)), Verified(GameLikeTrajectory(1, huge))});
  left = store->GetUnfinished();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].episode, 9U);
  EXPECT_EQ(left[0].bytes, bytes);
  EXPECT_EQ(left[0].kind, UnfinishedKind::kUnjudged);
}

CheckpointInfo Checkpoint(std::int64_t id, const std::string& weights) {
  return {id, Sha256Hex(weights), 100 * id, 10 * id, 1'700'000'000'000, {{"loss", 0.5}}};
}

TEST_P(StoreContract, KeepsCheckpointsAndTheNewestLearnerState) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  const std::string weights(3'000'000, 'w');
  store->PutCheckpoint(Checkpoint(0, "zero"), {"zero", "state 0"}, {{0, "loss", 2.5}});
  store->PutCheckpoint(Checkpoint(1, weights), {weights, "state 1"}, {{1, "loss", 1.5}});
  const auto listed = store->ListCheckpoints();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[1].id, 1);
  EXPECT_EQ(listed[1].hash, Sha256Hex(weights));
  EXPECT_EQ(listed[1].episodes, 100);
  EXPECT_EQ(listed[1].training_steps, 10);
  EXPECT_EQ(listed[1].info, (Json{{"loss", 0.5}}));
  EXPECT_EQ(store->GetCheckpoint(0)->weights, "zero");
  EXPECT_EQ(store->GetCheckpoint(0)->learner_state, "");
  EXPECT_EQ(store->GetCheckpoint(1)->weights, weights);
  EXPECT_EQ(store->GetCheckpoint(1)->learner_state, "state 1");
  EXPECT_THAT(store->GetCheckpoint(2).error().message, HasSubstr("no checkpoint 2"));
  EXPECT_EQ(store->GetMetrics().size(), 2U);
  EXPECT_TRUE(IsSound(*store));
}

TEST_P(StoreContract, RefusesWeightsThatContradictTheirHash) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  store->PutCheckpoint(Checkpoint(0, "these"), {"others", ""}, {});
  const auto blobs = store->GetCheckpoint(0);
  ASSERT_FALSE(blobs.has_value());
  EXPECT_THAT(blobs.error().message, HasSubstr("checkpoint 0: damaged"));
  EXPECT_FALSE(IsSound(*store));
}

TEST_P(StoreContract, StoresACheckpointWholeOrNotAtAll) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  store->PutCheckpoint(Checkpoint(0, "zero"), {"zero", "state 0"}, {{0, "loss", 2.5}});
  // The id is taken, and the metrics would have come after it.
  EXPECT_THROW(store->PutCheckpoint(Checkpoint(0, "one"), {"one", "state 1"}, {{0, "loss", 9}}),
               MachineError);
  EXPECT_EQ(store->GetCheckpoint(0)->learner_state, "state 0");
  EXPECT_EQ(store->GetMetrics().front().value, 2.5);
}

TEST_P(StoreContract, KeepsMetricsAndMatches) {
  const TemporaryFolder folder;
  const auto store = OpenStore(Place(folder));
  store->PutMetrics({{2, "elo", 40}, {1, "elo", 20}, {1, "bits", 3.25}});
  store->PutMetrics({{1, "elo", 25.5}, {3, "elo", std::numeric_limits<double>::quiet_NaN()}});
  const auto metrics = store->GetMetrics();
  ASSERT_EQ(metrics.size(), 4U);
  EXPECT_EQ(metrics[0].name, "bits");
  EXPECT_EQ(metrics[1].value, 25.5);
  EXPECT_EQ(metrics[2].checkpoint, 2);
  EXPECT_TRUE(std::isnan(metrics[3].value));
  store->AddMatch({"checkpoint:2", "gnugo-1", 7, 1, 2, {{"visits", 400}}});
  store->AddMatch({"checkpoint:2", "gnugo-10", 0, 0, 10, {}});
  const auto matches = store->GetMatches();
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].player, "checkpoint:2");
  EXPECT_EQ(matches[0].opponent, "gnugo-1");
  EXPECT_EQ(matches[0].wins, 7);
  EXPECT_EQ(matches[0].draws, 1);
  EXPECT_EQ(matches[0].losses, 2);
  EXPECT_EQ(matches[0].settings, (Json{{"visits", 400}}));
  EXPECT_EQ(matches[1].losses, 10);
}

TEST(StoreOpen, RefusesASecondWriterAndNamesTheFirst) {
  const TemporaryFolder folder;
  auto first = OpenStore(folder / "s.db");
  EXPECT_THAT(RefusalOf(folder / "s.db", OpenMode::kCreateOrOpen),
              HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_EQ(InChild([&] {
              const auto second = Store::Open(folder / "s.db", OpenMode::kReadWrite);
              if (second) throw std::runtime_error("opened");
            }),
            0);
  // Another spelling is the same store.
  EXPECT_FALSE(Store::Open(folder.path() / "." / "s.db", OpenMode::kReadWrite).has_value());
  std::filesystem::create_symlink("s.db", folder / "link.db");
  EXPECT_FALSE(Store::Open(folder / "link.db", OpenMode::kReadWrite).has_value());
  first.reset();
  EXPECT_TRUE(Store::Open(folder / "s.db", OpenMode::kReadWrite).has_value());
}

TEST(StoreOpen, ReadsBesideAWriter) {
  const TemporaryFolder folder;
  const auto writer = OpenStore(folder / "s.db");
  writer->AppendTrajectories({Verified(GameLikeTrajectory(1, 1))});
  const auto reader = OpenStore(folder / "s.db", OpenMode::kReadOnly);
  EXPECT_EQ(reader->counts().episodes, 1);
  writer->AppendTrajectories({Verified(GameLikeTrajectory(1, 2))});
  EXPECT_EQ(ReadAll(*reader).size(), 2U);
  writer->AppendTrajectories({Verified(GameLikeTrajectory(1, 3))});
  EXPECT_EQ(ReadAll(*reader).size(), 3U);
}

TEST(StoreOpen, ReadOnlyNeverWrites) {
  const TemporaryFolder folder;
  OpenStore(folder / "s.db")->PutFact("a", 1);
  const std::string before = ReadBytes(folder / "s.db");
  {
    const auto reader = OpenStore(folder / "s.db", OpenMode::kReadOnly);
    EXPECT_THROW(reader->PutFact("a", 2), MachineError);
    EXPECT_THROW(reader->AppendTrajectories({Verified(GameLikeTrajectory(1, 1))}), MachineError);
    EXPECT_EQ(reader->GetFact("a"), Json(1));
  }
  EXPECT_EQ(ReadBytes(folder / "s.db"), before);
}

TEST(StoreOpen, RefusesWhatIsNoStore) {
  const TemporaryFolder folder;
  const auto refusals = [&](const char* name, const char* expected) {
    for (const OpenMode mode :
         {OpenMode::kCreateOrOpen, OpenMode::kReadWrite, OpenMode::kReadOnly}) {
      EXPECT_THAT(RefusalOf(folder / name, mode), HasSubstr(expected)) << name;
    }
  };
  std::filesystem::create_directory(folder / "folder.db");
  refusals("folder.db", "is a folder");
  WriteBytes(folder / "empty.db", "");
  refusals("empty.db", "is empty, not a tesuji store");
  WriteBytes(folder / "text.db", "name = \"go9\"\n");
  refusals("text.db", "not an SQLite database");
  WriteBytes(folder / "zeros.db", std::string(100'000, '\0'));
  refusals("zeros.db", "not an SQLite database");
  ::mkfifo((folder / "pipe.db").c_str(), 0600);
  refusals("pipe.db", "not a regular file");
  EXPECT_THAT(RefusalOf(folder / "none.db", OpenMode::kReadOnly), HasSubstr("no such store"));
  EXPECT_THAT(RefusalOf(folder / "none.db", OpenMode::kReadWrite), HasSubstr("no such store"));
  EXPECT_FALSE(std::filesystem::exists(folder / "none.db"));
  EXPECT_THAT(RefusalOf(folder.path() / "nowhere" / "s.db", OpenMode::kCreateOrOpen),
              HasSubstr("does not exist"));
}

TEST(StoreOpen, RefusesToMeetALogLeftByADeletedStore) {
  const TemporaryFolder folder;
  WriteBytes(folder / "s.db-wal", "the log of a store that was removed");
  EXPECT_THAT(RefusalOf(folder / "s.db", OpenMode::kCreateOrOpen), HasSubstr("its log"));
}

TEST(StoreOpen, StartsAfreshWhenKilledWhileCreating) {
  const TemporaryFolder folder;
  WriteBytes(folder / "s.db.new", std::string(5000, 'x'));
  WriteBytes(folder / "s.db.new-wal", "half");
  OpenStore(folder / "s.db")->PutFact("a", 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "s.db.new"));
  EXPECT_EQ(OpenStore(folder / "s.db")->GetFact("a"), Json(1));
}

/// Permissions bind ordinary users only: the child stops being root when it is.
int AsOrdinaryUser(const std::function<void()>& work) {
  return InChild([&] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(78);
    work();
  });
}

TEST(StoreOpen, ObeysPermissions) {
  const TemporaryFolder folder;
  OpenStore(folder / "s.db")->AppendTrajectories({Verified(GameLikeTrajectory(1, 1))});
  ::chmod(folder.path().c_str(), 0555);
  ::chmod((folder / "s.db").c_str(), 0444);
  ::chmod((folder / "s.db.lock").c_str(), 0444);
  EXPECT_EQ(AsOrdinaryUser([&] {
              // Read in place, without any file beside it.
              const auto reader = OpenStore(folder / "s.db", OpenMode::kReadOnly);
              if (ReadAll(*reader).size() != 1) ::_exit(1);
              const auto refused = Store::Open(folder / "s.db", OpenMode::kReadWrite);
              if (refused || refused.error().message.find("cannot be opened for writing") ==
                                 std::string::npos) {
                ::_exit(2);
              }
              if (Store::Open(folder / "new.db", OpenMode::kCreateOrOpen)) ::_exit(3);
            }),
            0);
  ::chmod((folder / "s.db.lock").c_str(), 0666);
  ::chmod(folder.path().c_str(), 0777);
  EXPECT_EQ(AsOrdinaryUser([&] {
              const auto refused = Store::Open(folder / "s.db", OpenMode::kReadWrite);
              if (refused || refused.error().message.find("no permission") == std::string::npos) {
                ::_exit(4);
              }
            }),
            0);
  ::chmod((folder / "s.db").c_str(), 0644);
}

}  // namespace
}  // namespace tesuji::storage
