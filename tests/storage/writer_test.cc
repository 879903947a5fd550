// The writer thread: order, bounds, batches, and errors that reach somebody.
#include "storage/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::HasSubstr;

Store::Append Game(std::uint64_t episode) { return Verified(GameLikeTrajectory(1, episode, 60)); }

TEST(Writer, StoresAllInOrder) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get());
  for (std::uint64_t episode = 0; episode < 500; ++episode) writer.Append(Game(episode));
  writer.Append(Game(7));
  writer.Close();
  EXPECT_EQ(writer.statistics().accepted, 501);
  EXPECT_EQ(writer.statistics().stored, 500);
  EXPECT_EQ(writer.statistics().duplicate, 1);
  EXPECT_EQ(writer.statistics().pending(), 0);
  std::uint64_t expected = 0;
  store->ForEachSummary(1,
                        [&](const TrajectorySummary& row) {
                          EXPECT_EQ(row.episode, expected++);
                          return true;
                        },
                        {});
  EXPECT_EQ(expected, 500U);
}

TEST(Writer, FlushReturnsOnceAllIsCommitted) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get(), {.capacity = 100, .batch = 50, .max_delay = hours(1)});
  for (std::uint64_t episode = 0; episode < 3; ++episode) writer.Append(Game(episode));
  EXPECT_EQ(store->counts().episodes, 0);  // A batch is not full and no time has passed.
  writer.Flush();
  EXPECT_EQ(store->counts().episodes, 3);
  writer.Flush();
}

TEST(Writer, CommitsALateFewByThemselves) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get(), {.capacity = 100, .batch = 50, .max_delay = milliseconds(5)});
  writer.Append(Game(1));
  while (store->counts().episodes == 0) std::this_thread::sleep_for(milliseconds(1));
}

TEST(Writer, CommitsAFullBatchAtOnce) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get(), {.capacity = 100, .batch = 5, .max_delay = hours(1)});
  for (std::uint64_t episode = 0; episode < 5; ++episode) writer.Append(Game(episode));
  while (store->counts().episodes < 5) std::this_thread::sleep_for(milliseconds(1));
}

TEST(Writer, ClosesWhenDestroyed) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  {
    Writer writer(store.get(), {.capacity = 100, .batch = 50, .max_delay = hours(1)});
    writer.Append(Game(1));
  }
  EXPECT_EQ(store->counts().episodes, 1);
}

TEST(Writer, HoldsCallersBackWhenTheDiskIsSlow) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get(), {.capacity = 4, .batch = 2, .max_delay = milliseconds(1)});
  std::int64_t most = 0;
  for (std::uint64_t episode = 0; episode < 60; ++episode) {
    writer.Append(Game(episode));
    most = std::max(most, writer.statistics().pending());
  }
  writer.Close();
  EXPECT_LE(most, 4);
  EXPECT_EQ(store->counts().episodes, 60);
}

TEST(Writer, TakesFromManyThreadsWhileOthersReadAndPut) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  constexpr int kThreads = 4;
  constexpr int kEach = 60;
  {
    Writer writer(store.get(), {.capacity = 16, .batch = 8, .max_delay = milliseconds(2)});
    std::atomic<bool> done = false;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&writer, thread] {
        for (int i = 0; i < kEach; ++i) {
          writer.Append(Game(static_cast<std::uint64_t>(thread * kEach + i)));
          if (i % 20 == 0) writer.Flush();
        }
      });
    }
    std::thread reader([&] {
      while (!done) {
        TrajectoryId last = 0;
        store->ForEachTrajectory(
            1,
            [&](const StoredTrajectory& stored) {
              EXPECT_EQ(stored.id, ++last);
              return true;
            },
            [](TrajectoryId, const std::string& reason) { ADD_FAILURE() << reason; });
        store->PutFact("seen", last);
        store->AddDropped(1);
        store->PutMetrics({{1, "seen", static_cast<double>(last)}});
      }
    });
    for (std::thread& thread : threads) thread.join();
    done = true;
    reader.join();
    writer.Close();
  }
  std::set<std::uint64_t> episodes;
  store->ForEachSummary(1,
                        [&](const TrajectorySummary& row) {
                          EXPECT_TRUE(episodes.insert(row.episode).second);
                          return true;
                        },
                        {});
  EXPECT_EQ(episodes.size(), static_cast<std::size_t>(kThreads * kEach));
  EXPECT_TRUE(IsSound(*store));
}

TEST(Writer, TellsOfAFullDiskKeepsTheBatchAndGoesOnWhenThereIsRoom) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get(), {.capacity = 1000, .batch = 10, .max_delay = milliseconds(1)});
  std::uint64_t accepted = 0;
  {
    const FileSizeLimit full(200'000);
    std::string told;
    while (told.empty()) {
      try {
        writer.Append(Game(accepted));
        ++accepted;
      } catch (const MachineError& error) {
        told = error.what();
      }
      ASSERT_LT(accepted, 100'000U);
    }
    EXPECT_THAT(told, HasSubstr("no space left"));
    EXPECT_THAT(told, HasSubstr("s.db: cannot append"));
    EXPECT_THROW(writer.Flush(), MachineError);
  }
  EXPECT_GT(writer.statistics().pending(), 0);
  // The last attempt may have failed just before there was room; it is told of once.
  try {
    writer.Flush();
  } catch (const MachineError&) {
    writer.Flush();
  }
  writer.Append(Game(accepted++));
  writer.Close();
  EXPECT_EQ(writer.statistics().pending(), 0);
  EXPECT_EQ(store->counts().episodes, static_cast<std::int64_t>(accepted));
  EXPECT_TRUE(IsSound(*store));
}

TEST(Writer, CloseSaysHowMuchIsNotStored) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get(), {.capacity = 1000, .batch = 500, .max_delay = hours(1)});
  const FileSizeLimit full(50'000);
  for (std::uint64_t episode = 0; episode < 100; ++episode) writer.Append(Game(episode));
  try {
    writer.Close();
    FAIL() << "closed as if all were well";
  } catch (const MachineError& error) {
    EXPECT_THAT(error.what(), HasSubstr("100 finished episodes are not stored: "));
    EXPECT_THAT(error.what(), HasSubstr("no space left"));
  }
  EXPECT_EQ(store->counts().episodes, 0);
  writer.Close();  // Does nothing.
}

TEST(Writer, DestroyedUnclosedItSaysOnStderrWhatIsNotStored) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  {
    const FileSizeLimit full(50'000);
    Writer writer(store.get(), {.capacity = 1000, .batch = 500, .max_delay = hours(1)});
    for (std::uint64_t episode = 0; episode < 100; ++episode) writer.Append(Game(episode));
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("tesuji: 100 finished episodes are not stored: "));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(Writer, WakesCallersThatAreHeldBackByAFullDisk) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  Writer writer(store.get(), {.capacity = 4, .batch = 2, .max_delay = milliseconds(1)});
  const FileSizeLimit full(50'000);
  EXPECT_THROW(
      {
        for (std::uint64_t episode = 0; episode < 100'000; ++episode) writer.Append(Game(episode));
      },
      MachineError);
}

}  // namespace
}  // namespace tesuji::storage
