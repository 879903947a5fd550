// kill -9 in the middle of work: everything that was acknowledged is there, once, and the store
// opens, passes its own check and goes on.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "core/sha256.h"
#include "storage/checksum.h"
#include "storage/codec.h"
#include "storage/writer.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

/// A process that works until it is killed, telling what it has committed through a pipe.
class Victim {
 public:
  /// `work(tell)`: call tell(n) once n episodes are committed.
  explicit Victim(const std::function<void(const std::function<void(std::int64_t)>&)>& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ends[0]);
      try {
        work([&](std::int64_t committed) {
          if (::write(ends[1], &committed, sizeof committed) != sizeof committed) ::_exit(3);
        });
      } catch (const std::exception& error) {
        ::dprintf(2, "%s\n", error.what());
        ::_exit(2);
      }
      ::_exit(1);  // It was to go on for ever.
    }
    ::close(ends[1]);
    told_ = ends[0];
  }
  ~Victim() { ::close(told_); }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  /// Waits for the first acknowledgement.
  void AwaitStart() {
    pollfd entry{told_, POLLIN, 0};
    ::poll(&entry, 1, 20'000);
  }

  /// Kills it and returns the last number it told, or 0. Fails the test when it ended by itself.
  std::int64_t Kill() {
    ::kill(child_, SIGKILL);
    int status = 0;
    ::waitpid(child_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the process ended by itself: " << status;
    std::int64_t committed = 0;
    std::int64_t latest = 0;
    while (::read(told_, &committed, sizeof committed) == sizeof committed) latest = committed;
    return latest;
  }

 private:
  pid_t child_ = 0;
  int told_ = -1;
};

using Tell = std::function<void(std::int64_t)>;

constexpr std::int64_t kBatch = 4;

/// Appends episodes from where the store ends, for ever; now and then a checkpoint, a fact, the
/// unfinished.
void AppendForEver(const std::filesystem::path& path, bool through_writer, const Tell& tell) {
  const auto store = OpenStore(path);
  auto next = static_cast<std::uint64_t>(store->counts().episodes);
  std::int64_t checkpoint = std::ssize(store->ListCheckpoints());
  std::unique_ptr<Writer> writer;
  if (through_writer) {
    writer = std::make_unique<Writer>(store.get(), WriterOptions{.capacity = 16, .batch = kBatch});
  }
  for (;;) {
    std::vector<Store::Append> batch;
    for (int i = 0; i < kBatch; ++i) batch.push_back(Verified(GameLikeTrajectory(1, next++, 60)));
    if (writer) {
      for (Store::Append& append : batch) writer->Append(std::move(append));
      writer->Flush();
    } else {
      store->AppendTrajectories(batch);
    }
    tell(static_cast<std::int64_t>(next));
    if (next % 32 == 0) {
      const std::string weights(100'000, static_cast<char>('a' + checkpoint % 26));
      CheckpointInfo info;
      info.id = checkpoint;
      info.hash = Sha256Hex(weights);
      store->PutCheckpoint(info, {weights, weights}, {{checkpoint, "loss", 1.0}});
      store->PutFact("next_checkpoint", ++checkpoint);
      store->PutUnfinished({{next + 5, weights}});
    }
  }
}

/// All episodes 0, 1, … once and as they were; returns how many.
std::int64_t ExpectWhole(const Store& store) {
  std::int64_t rows = 0;
  store.ForEachTrajectory(
      1,
      [&](const StoredTrajectory& stored) {
        EXPECT_EQ(stored.trajectory.provenance.episode, static_cast<std::uint64_t>(rows));
        EXPECT_EQ(stored.hash,
                  ContentHash(GameLikeTrajectory(1, stored.trajectory.provenance.episode, 60)));
        ++rows;
        return true;
      },
      [](TrajectoryId id, const std::string& reason) { ADD_FAILURE() << id << ": " << reason; });
  EXPECT_EQ(store.counts().episodes, rows);
  EXPECT_TRUE(IsSound(store));
  // A checkpoint is whole or not there, with its metrics.
  EXPECT_EQ(store.GetMetrics().size(), store.ListCheckpoints().size());
  return rows;
}

TEST(Crash, KillAtRandomMomentsLosesNothingCommitted) {
  const TemporaryFolder folder;
  RandomStream random{11};
  OpenStore(folder / "s.db");
  std::int64_t before = 0;
  for (int round = 0; round < 30; ++round) {
    Victim victim([&](const Tell& tell) { AppendForEver(folder / "s.db", round % 2 == 1, tell); });
    victim.AwaitStart();
    std::this_thread::sleep_for(std::chrono::microseconds(random.Below(40'000)));
    const std::int64_t acknowledged = victim.Kill();
    const auto store =
        OpenStore(folder / "s.db", round % 3 == 0 ? OpenMode::kReadOnly : OpenMode::kReadWrite);
    const std::int64_t rows = ExpectWhole(*store);
    EXPECT_GE(rows, acknowledged);
    EXPECT_LE(rows, std::max(acknowledged, before) + kBatch);
    EXPECT_EQ(rows % kBatch, 0) << "half a batch";
    before = rows;
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(before, 30 * kBatch);
}

TEST(Crash, KillWhileTheStoreIsMadeLeavesAPlaceToStart) {
  const TemporaryFolder folder;
  RandomStream random{12};
  for (int round = 0; round < 30; ++round) {
    const std::filesystem::path path = folder.path() / (std::to_string(round) + ".db");
    Victim victim([&](const Tell& tell) { AppendForEver(path, false, tell); });
    std::this_thread::sleep_for(std::chrono::microseconds(random.Below(25'000)));
    const std::int64_t acknowledged = victim.Kill();
    const auto store = OpenStore(path);
    EXPECT_GE(ExpectWhole(*store), acknowledged);
    if (testing::Test::HasFailure()) break;
  }
}

TEST(Crash, ALockDiesWithItsProcess) {
  const TemporaryFolder folder;
  Victim victim([&](const Tell& tell) { AppendForEver(folder / "s.db", false, tell); });
  victim.AwaitStart();
  EXPECT_FALSE(Store::Open(folder / "s.db", OpenMode::kReadWrite).has_value());
  {
    // Another process reads meanwhile, and sees whole batches only.
    const auto reader = OpenStore(folder / "s.db", OpenMode::kReadOnly);
    std::int64_t last = 0;
    // The writer never rests: readings of an ever longer store would take ever longer.
    constexpr std::int64_t kEnough = 4000;
    for (int i = 0; i < 3 || (i < 50 && last < kEnough); ++i) {
      std::int64_t rows = 0;
      reader->ForEachTrajectory(
          1,
          [&](const StoredTrajectory& stored) {
            EXPECT_EQ(stored.id, ++rows);
            return true;
          },
          [](TrajectoryId, const std::string& reason) { ADD_FAILURE() << reason; });
      EXPECT_EQ(rows % kBatch, 0);
      EXPECT_GE(rows, last);
      last = rows;
    }
  }
  victim.Kill();
  EXPECT_TRUE(Store::Open(folder / "s.db", OpenMode::kReadWrite).has_value());
}

/// What version 1 of the schema did not have is taken away.
void MakeVersion1(const std::filesystem::path& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  database.exec("DROP TABLE environments");
  database.exec("DELETE FROM counters WHERE name LIKE 'rows of %'");
  database.exec("ALTER TABLE unfinished DROP COLUMN kind");
  database.exec("PRAGMA user_version = 1");
  SQLite::Statement query(database, "SELECT episode, bytes FROM unfinished");
  SQLite::Statement update(database, "UPDATE unfinished SET checksum = ? WHERE episode = ?");
  while (query.executeStep()) {
    const std::int64_t episode = query.getColumn(0).getInt64();
    update.bind(
        1,
        RowChecksum().Integer(episode).Text(BlobChecksum(query.getColumn(1).getString())).Finish());
    update.bind(2, episode);
    update.exec();
    update.reset();
  }
}

/// The version in the file, and whether that version's tables are there, whole.
int WholeVersion(const std::filesystem::path& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  const bool is_new = version > 1;
  EXPECT_EQ(database.tableExists("environments"), is_new);
  EXPECT_EQ(database
                .execAndGet("SELECT count(*) FROM pragma_table_xinfo('unfinished') "
                            "WHERE name = 'kind'")
                .getInt(),
            is_new ? 1 : 0);
  EXPECT_EQ(
      database.execAndGet("SELECT count(*) FROM counters WHERE name LIKE 'rows of %'").getInt(),
      is_new ? 7 : 0);
  return version;
}

TEST(Crash, KillInMidMigrationLeavesTheOldStoreOrTheNew) {
  constexpr std::int64_t kEpisodes = 600;
  const TemporaryFolder folder;
  {
    const auto store = OpenStore(folder / "old.db");
    std::vector<Store::Append> batch;
    for (std::uint64_t i = 0; i < kEpisodes; ++i) {
      batch.push_back(Verified(GameLikeTrajectory(1, i, 60)));
    }
    store->AppendTrajectories(batch);
    store->PutUnfinished({{9001, "bytes"}, {9002, std::string(50'000, 'u')}});
  }
  MakeVersion1(folder / "old.db");
  // A migration that nobody disturbs, for its duration.
  std::filesystem::copy_file(folder / "old.db", folder / "timed.db");
  const auto start = std::chrono::steady_clock::now();
  OpenStore(folder / "timed.db");
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  std::map<int, int> versions;
  for (int round = 0; round < 20; ++round) {
    const std::filesystem::path path = folder / ("s" + std::to_string(round) + ".db").c_str();
    std::filesystem::copy_file(folder / "old.db", path);
    Victim victim([&](const Tell& tell) {
      const auto store = OpenStore(path, OpenMode::kReadWrite);
      tell(1);
      for (;;) ::pause();
    });
    std::this_thread::sleep_for(whole * (round + 1) / 20);
    victim.Kill();
    ++versions[WholeVersion(path)];
    const auto store = OpenStore(path);
    EXPECT_EQ(ExpectWhole(*store), kEpisodes);
    EXPECT_EQ(store->GetUnfinished().size(), 2U);
    ASSERT_EQ(store->Environments().size(), 1U);
    EXPECT_EQ(store->Environments().front().episodes, kEpisodes);
  }
  EXPECT_GT(versions[1], 0) << "no kill came in time";
}

TEST(Crash, ReadingAnOlderStoreLeavesItAsItIs) {
  const TemporaryFolder folder;
  OpenStore(folder / "s.db")->AppendTrajectories({Verified(GameLikeTrajectory(1, 1))});
  MakeVersion1(folder / "s.db");
  const std::string before = ReadBytes(folder / "s.db");
  for (const OpenMode mode : {OpenMode::kReadOnly, OpenMode::kInspect}) {
    const auto store = OpenStore(folder / "s.db", mode);
    EXPECT_TRUE(IsSound(*store));
    EXPECT_EQ(store->Environments().size(), 1U);
    EXPECT_THROW(store->PutFact("a", 1), MachineError);
  }
  EXPECT_EQ(ReadBytes(folder / "s.db"), before);
}

}  // namespace
}  // namespace tesuji::storage
