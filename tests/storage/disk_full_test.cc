// A disk that is full: every write fails whole and with a clear line, what was committed stays, and
// the same open store goes on once there is room.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/sha256.h"
#include "storage/codec.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::vector<Store::Append> Games(std::uint64_t first, int count) {
  std::vector<Store::Append> batch;
  for (int i = 0; i < count; ++i) {
    batch.push_back(Verified(GameLikeTrajectory(1, first + static_cast<std::uint64_t>(i))));
  }
  return batch;
}

CheckpointInfo Info(std::int64_t id, const std::string& weights) {
  CheckpointInfo info;
  info.id = id;
  info.hash = Sha256Hex(weights);
  return info;
}

struct Write {
  const char* what;  ///< In the message.
  std::function<void(Store&, std::uint64_t round)> run;
};

/// Each writes about 200 KB, so that it needs room whatever it finds.
std::vector<Write> EveryWrite() {
  const std::string big(200'000, 'x');
  return {
      {"append 80 trajectories",
       [](Store& s, std::uint64_t round) { s.AppendTrajectories(Games(1000 * round, 80)); }},
      {"store checkpoint",
       [big](Store& s, std::uint64_t round) {
         const auto id = static_cast<std::int64_t>(round);
         s.PutCheckpoint(Info(id, big), {big, big}, {{id, "loss", 1}});
       }},
      {"store the fact log", [big](Store& s, std::uint64_t) { s.PutFact("log", big); }},
      {"store 1 unfinished episodes",
       [big](Store& s, std::uint64_t) {
         s.PutUnfinished({{9, big}});
       }},
      {"store 1 metrics",
       [big](Store& s, std::uint64_t) {
         s.PutMetrics({{1, big, 2}});
       }},
      {"store a match result",
       [big](Store& s, std::uint64_t) {
         s.AddMatch({big, "gnugo-1", 1, 0, 0, {}});
       }},
  };
}

TEST(DiskFull, EveryWriteFailsWholeAndWorksLater) {
  const TemporaryFolder folder;
  const auto store = OpenStore(folder / "s.db");
  store->AppendTrajectories(Games(0, 20));
  store->PutFact("kept", "yes");
  std::uint64_t round = 1;
  for (const Write& write : EveryWrite()) {
    const Counts before = store->counts();
    const std::size_t checkpoints = store->ListCheckpoints().size();
    std::string told;
    {
      const FileSizeLimit full(40'000);
      try {
        write.run(*store, round);
      } catch (const MachineError& error) {
        told = error.what();
      }
    }
    EXPECT_THAT(told,
                AllOf(HasSubstr("s.db: cannot "), HasSubstr(write.what), HasSubstr("no space left"),
                      HasSubstr("nothing that was committed is lost")));
    EXPECT_EQ(store->counts().episodes, before.episodes) << write.what;
    EXPECT_EQ(store->ListCheckpoints().size(), checkpoints) << write.what;
    EXPECT_EQ(store->GetFact("kept"), Json("yes"));
    EXPECT_TRUE(IsSound(*store)) << write.what;
    write.run(*store, round++);
    EXPECT_TRUE(IsSound(*store)) << write.what;
  }
  EXPECT_EQ(store->counts().episodes, 100);
  EXPECT_EQ(store->ListCheckpoints().size(), 1U);
}

// Limits anywhere up to more than the log ever takes, so that they strike at every stage: the log,
// its index, the database file when the log is carried over.
TEST(DiskFull, StrikesAtEveryStageWithoutHarm) {
  const TemporaryFolder folder;
  auto store = OpenStore(folder / "s.db");
  RandomStream random{31};
  std::uint64_t next = 0;
  int failed = 0;
  for (int round = 0; round < 150; ++round) {
    const std::uint64_t limit = random.Below(6'000'000);
    const std::int64_t before = store->counts().episodes;
    try {
      const FileSizeLimit full(limit);
      store->AppendTrajectories(Games(next, 16));
      next += 16;
    } catch (const MachineError&) {
      ++failed;
      ASSERT_EQ(store->counts().episodes, before) << limit;
    }
    ASSERT_EQ(store->counts().episodes, static_cast<std::int64_t>(next)) << limit;
  }
  EXPECT_GT(failed, 20);
  EXPECT_GT(next, 800U);
  EXPECT_TRUE(IsSound(*store));
  store.reset();
  store = OpenStore(folder / "s.db");
  EXPECT_EQ(store->counts().episodes, static_cast<std::int64_t>(next));
  EXPECT_TRUE(IsSound(*store));
}

TEST(DiskFull, MakingAStoreFailsAsTheMachinesFault) {
  const TemporaryFolder folder;
  {
    const FileSizeLimit full(10'000);
    EXPECT_THROW(static_cast<void>(Store::Open(folder / "s.db", OpenMode::kCreateOrOpen)),
                 MachineError);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "s.db"));
  EXPECT_NE(OpenStore(folder / "s.db"), nullptr);
}

/// In a process of its own with a file system of 2 MiB; returns an exit code, 0 when all is well.
int FillTinyDisk(const std::filesystem::path& folder) {
  const auto uid = ::getuid();
  const auto gid = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 99;
  WriteBytes("/proc/self/setgroups", "deny");
  WriteBytes("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
  WriteBytes("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
  if (::mount("none", folder.c_str(), "tmpfs", 0, "size=2m") != 0) return 99;

  WriteBytes(folder / "ballast", std::string(300'000, 'x'));
  auto store = OpenStore(folder / "s.db");
  std::uint64_t next = 0;
  std::string told;
  while (told.empty()) {
    try {
      store->AppendTrajectories(Games(next, 8));
      next += 8;
    } catch (const MachineError& error) {
      told = error.what();
    }
  }
  if (told.find("no space left") == std::string::npos) return 10;
  if (store->counts().episodes != static_cast<std::int64_t>(next)) return 11;
  if (!IsSound(*store)) return 12;
  std::filesystem::remove(folder / "ballast");
  store->AppendTrajectories(Games(next, 8));  // Room again, same open store.
  next += 8;
  // Full once more, and the process goes away as it is.
  for (std::uint64_t i = 0;; ++i) {
    try {
      store->AppendTrajectories(Games(next, 8));
      next += 8;
    } catch (const MachineError&) {
      break;
    }
  }
  store.reset();
  const auto reader = OpenStore(folder / "s.db", OpenMode::kReadOnly);
  if (reader->counts().episodes != static_cast<std::int64_t>(next)) return 13;
  if (!IsSound(*reader)) return 14;
  return 0;
}

TEST(DiskFull, ARealFileSystemWithoutRoomLosesNothing) {
  const TemporaryFolder folder;
  const int status = InChild([&] { ::_exit(FillTinyDisk(folder.path())); });
  ASSERT_TRUE(WIFEXITED(status)) << status;
  if (WEXITSTATUS(status) == 99) GTEST_SKIP() << "no user namespaces here to mount a tmpfs in";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace tesuji::storage
