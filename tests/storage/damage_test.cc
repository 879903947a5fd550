// Bytes flipped, zeroed and cut off anywhere in the files of a store: what is read is what was
// written, or there is a clear line. Never a crash, never other data.
#include "storage/damage.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/sha256.h"
#include "storage/codec.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

constexpr int kGames = 60;

/// What the store was filled with.
struct Content {
  std::map<TrajectoryId, std::string> hashes;
  Json fact = {{"seed", 7}, {"text", std::string(2000, 't')}};
  std::string weights = std::string(40'000, 'w');
};

Content Fill(Store* store) {
  Content content;
  for (std::uint64_t episode = 0; episode < kGames; ++episode) {
    const auto trajectory = GameLikeTrajectory(1, episode, 60);
    const auto ids = store->AppendTrajectories(
        {{trajectory, TrajectoryStatus::kVerified, episode % 4 == 0 ? "heldout" : "train"}});
    content.hashes[ids[0]] = ContentHash(trajectory);
  }
  store->PutFact("campaign", content.fact);
  CheckpointInfo info;
  info.hash = Sha256Hex(content.weights);
  store->PutCheckpoint(info, {content.weights, "state"}, {{0, "loss", 1.5}, {0, "elo", 10}});
  store->AddMatch({"checkpoint:0", "gnugo-1", 3, 0, 7, {{"visits", 100}}});
  store->PutUnfinished({{500, "bytes"}});
  return content;
}

/// Runs one reading; a MachineError with a clear line is as good as the right answer.
bool Reads(const std::function<void()>& read) {
  try {
    read();
    return true;
  } catch (const MachineError& error) {
    const std::string line = error.what();
    EXPECT_NE(line.find("s.db: cannot "), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    return false;
  }
}

/// Trajectories that could be read; each must be what was written.
int ExpectTruth(const Store& store, const Content& content) {
  int intact = 0;
  const auto broken = [](TrajectoryId, const std::string& reason) {
    EXPECT_FALSE(reason.empty());
    EXPECT_EQ(reason.find('\n'), std::string::npos) << reason;
  };
  Reads([&] {
    store.ForEachTrajectory(
        1,
        [&](const StoredTrajectory& stored) {
          ++intact;
          EXPECT_EQ(stored.hash, content.hashes.at(stored.id));
          EXPECT_EQ(ContentHash(stored.trajectory), stored.hash);
          EXPECT_EQ(stored.status, TrajectoryStatus::kVerified);
          EXPECT_EQ(stored.split, stored.id % 4 == 1 ? "heldout" : "train");
          return true;
        },
        broken);
  });
  Reads([&] {
    store.ForEachSummary(
        1,
        [&](const TrajectorySummary& row) {
          EXPECT_EQ(row.hash, content.hashes.at(row.id));
          EXPECT_EQ(row.episode, static_cast<std::uint64_t>(row.id - 1));
          return true;
        },
        broken);
  });
  Reads([&] { EXPECT_EQ(store.counts().episodes, kGames); });
  Reads([&] { EXPECT_EQ(store.GetFact("campaign"), content.fact); });
  Reads([&] { EXPECT_EQ(store.ListCheckpoints().size(), 1U); });
  Reads([&] {
    const auto blobs = store.GetCheckpoint(0);
    if (blobs) {
      EXPECT_EQ(blobs->weights, content.weights);
      EXPECT_EQ(blobs->learner_state, "state");
    }
  });
  Reads([&] {
    const auto metrics = store.GetMetrics();
    EXPECT_EQ(metrics.size(), 2U);
    EXPECT_EQ(metrics.at(0).value, 10);
    EXPECT_EQ(metrics.at(1).value, 1.5);
  });
  Reads([&] { EXPECT_EQ(store.GetMatches().at(0).losses, 7); });
  Reads([&] { EXPECT_EQ(store.GetUnfinished().at(0).bytes, "bytes"); });
  return intact;
}

void ExpectOneLine(const std::string& message) {
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  EXPECT_NE(message.find("s.db: "), std::string::npos) << message;
}

std::string Damage(std::string bytes, RandomStream* random) {
  const std::size_t at = random->Below(bytes.size());
  switch (random->Below(6)) {
    case 0:  // Truncated.
      bytes.resize(at);
      break;
    case 1: {  // A lost sector.
      const std::size_t sector = at / 512 * 512;
      for (std::size_t i = sector; i < std::min(sector + 512, bytes.size()); ++i) bytes[i] = 0;
      break;
    }
    case 2: {  // In the head of the file or of a page, where SQLite keeps its own.
      const std::size_t page = at / 16384 * 16384;
      bytes[page + random->Below(120) % (bytes.size() - page)] ^=
          static_cast<char>(1U << random->Below(8));
      break;
    }
    default:  // Some bits.
      for (auto n = 1 + random->Below(4); n > 0; --n) {
        bytes[random->Below(bytes.size())] ^= static_cast<char>(1U << random->Below(8));
      }
  }
  return bytes;
}

TEST(Damage, OfTheDatabaseIsToldAndNeverReadAsData) {
  const TemporaryFolder folder;
  const Content content = Fill(OpenStore(folder / "s.db").get());
  const std::string good = ReadBytes(folder / "s.db");
  RandomStream random{21};
  int refused = 0;
  int read = 0;
  int rows = 0;
  for (int round = 0; round < 250; ++round) {
    for (const char* name : {"s.db-wal", "s.db-shm"}) std::filesystem::remove(folder / name);
    WriteBytes(folder / "s.db", Damage(good, &random));
    const OpenMode mode = round % 8 == 0 ? OpenMode::kReadWrite : OpenMode::kReadOnly;
    try {
      auto store = Store::Open(folder / "s.db", mode);
      if (store) {
        ++read;
        rows += ExpectTruth(**store, content);
      } else {
        ExpectOneLine(store.error().message);
        ++refused;
      }
    } catch (const DamagedError& error) {
      ExpectOneLine(error.what());
      ++refused;
    }
    if (testing::Test::HasFailure()) FAIL() << "in round " << round;
  }
  // The damage was of both kinds.
  EXPECT_GT(refused, 30);
  EXPECT_GT(read, 30);
  EXPECT_GT(rows, 10 * kGames);
}

TEST(Damage, ToOneGameCostsThatGameOnly) {
  const TemporaryFolder folder;
  const Content content = Fill(OpenStore(folder / "s.db").get());
  std::string bytes = ReadBytes(folder / "s.db");
  const std::string blob = EncodeTrajectory(GameLikeTrajectory(1, 30, 60)).bytes;
  const std::size_t at = bytes.find(blob);
  ASSERT_NE(at, std::string::npos);
  bytes[at + blob.size() / 2] ^= 0x10;
  WriteBytes(folder / "s.db", bytes);
  const auto store = OpenStore(folder / "s.db");
  std::vector<std::pair<TrajectoryId, std::string>> broken;
  int intact = 0;
  store->ForEachTrajectory(
      1,
      [&](const StoredTrajectory&) {
        ++intact;
        return true;
      },
      [&](TrajectoryId id, const std::string& reason) { broken.emplace_back(id, reason); });
  EXPECT_EQ(intact, kGames - 1);
  ASSERT_EQ(broken.size(), 1U);
  EXPECT_EQ(broken[0].first, 31);
  EXPECT_NE(broken[0].second.find("read trajectory 31: damaged: the bytes contradict"),
            std::string::npos)
      << broken[0].second;
  EXPECT_FALSE(store->GetTrajectory(31).has_value());
  EXPECT_TRUE(store->GetTrajectory(32).has_value());
  EXPECT_FALSE(IsSound(*store));
  // And work goes on around it.
  EXPECT_EQ(store->AppendTrajectories({Verified(GameLikeTrajectory(1, 999))}).front(), kGames + 1);
}

TEST(Damage, OfTheLogGivesAnEarlierStateOrALine) {
  const TemporaryFolder folder;
  std::string database;
  std::string log;
  Content content;
  {
    const auto store = OpenStore(folder / "live.db");
    for (std::uint64_t episode = 0; episode < 24; ++episode) {
      const auto trajectory = GameLikeTrajectory(1, episode, 60);
      content.hashes[store->AppendTrajectories({Verified(trajectory)})[0]] =
          ContentHash(trajectory);
    }
    // As a killed process leaves them; copied by another process, as reading here would drop
    // SQLite's locks.
    EXPECT_EQ(InChild([&] {
                std::filesystem::copy_file(folder / "live.db", folder / "copy");
                std::filesystem::copy_file(folder / "live.db-wal", folder / "copy-wal");
              }),
              0);
  }
  database = ReadBytes(folder / "copy");
  log = ReadBytes(folder / "copy-wal");
  ASSERT_GT(log.size(), 100'000U);
  RandomStream random{22};
  std::set<std::int64_t> states;
  for (int round = 0; round < 60; ++round) {
    std::filesystem::remove(folder / "s.db-shm");
    WriteBytes(folder / "s.db", database);
    WriteBytes(folder / "s.db-wal", Damage(log, &random));
    Result<std::unique_ptr<Store>> store = Fail("");
    try {
      store = Store::Open(folder / "s.db", OpenMode::kReadOnly);
    } catch (const DamagedError&) {
    }
    if (!store) continue;
    states.insert((*store)->counts().episodes);
    TrajectoryId last = 0;
    (*store)->ForEachTrajectory(
        1,
        [&](const StoredTrajectory& stored) {
          EXPECT_EQ(stored.id, ++last);
          EXPECT_EQ(stored.hash, content.hashes.at(stored.id));
          return true;
        },
        [](TrajectoryId, const std::string& reason) { ADD_FAILURE() << reason; });
    EXPECT_EQ(last, (*store)->counts().episodes);
    EXPECT_TRUE(IsSound(**store));
  }
  EXPECT_GT(states.size(), 5U);
}

/// "table row: reason" of every problem, a line each.
std::string Problems(const std::filesystem::path& path) {
  std::string lines;
  const auto store = OpenStore(path, OpenMode::kInspect);
  for (const TableReport& table : store->Inspect()) {
    for (const auto& problem : table.problems) {
      lines += table.table + " " + problem.row + ": " + problem.reason + "\n";
    }
  }
  return lines;
}

TEST(Damage, OfEveryTableIsNamed) {
  const TemporaryFolder folder;
  Fill(OpenStore(folder / "good.db").get());
  struct Case {
    const char* sql;
    const char* expected;
  };
  for (const Case& c : {
           Case{"DELETE FROM checkpoints", "checkpoints : 1 rows were written, 0 are there"},
           Case{"DELETE FROM checkpoints", "checkpoints 0: the row is missing, its weights are"},
           Case{"DELETE FROM checkpoint_blobs WHERE kind = 'weights'",
                "checkpoints 0: its weights are missing"},
           Case{"UPDATE checkpoint_blobs SET bytes = x'00'", "contradict their hash"},
           Case{"UPDATE metrics SET value = 4 WHERE name = 'elo'",
                "metrics 0 elo: contradicts its checksum"},
           Case{"DELETE FROM metrics WHERE name = 'elo'", "metrics : 2 rows were written, 1 are"},
           Case{"UPDATE matches SET wins = 4", "matches 1: contradicts its checksum"},
           Case{"DELETE FROM matches", "matches : 1 rows were written, 0 are there"},
           Case{"UPDATE facts SET value = '{}'", "facts campaign: contradicts its checksum"},
           Case{"DELETE FROM facts", "facts : 1 rows were written, 0 are there"},
           Case{"UPDATE unfinished SET kind = 'unjudged'", "unfinished 500: contradicts"},
           Case{"DELETE FROM unfinished", "unfinished : 1 rows were written, 0 are there"},
           Case{"DELETE FROM environments", "environments : no row for go version 1"},
           Case{"UPDATE environments SET version = 2", "environments 1: contradicts its checksum"},
           Case{"UPDATE counters SET value = 3 WHERE name = 'verified'",
                "counters verified: contradicts its checksum"},
           Case{"DROP TABLE matches", "no such table: matches"},
       }) {
    std::filesystem::copy_file(folder / "good.db", folder / "s.db",
                               std::filesystem::copy_options::overwrite_existing);
    SQLite::Database(folder / "s.db", SQLite::OPEN_READWRITE).exec(c.sql);
    EXPECT_NE(Problems(folder / "s.db").find(c.expected), std::string::npos)
        << c.sql << "\n"
        << Problems(folder / "s.db");
  }
  EXPECT_EQ(Problems(folder / "good.db"), "");
}

TEST(Damage, WhatIsLeftOfACutOffStoreCanBeRead) {
  const TemporaryFolder folder;
  const Content content = Fill(OpenStore(folder / "s.db").get());
  const std::string good = ReadBytes(folder / "s.db");
  WriteBytes(folder / "s.db", good.substr(0, good.size() * 3 / 4));
  EXPECT_THROW(static_cast<void>(Store::Open(folder / "s.db", OpenMode::kReadOnly)), DamagedError);
  EXPECT_NE(Problems(folder / "s.db"), "");
  const auto store = OpenStore(folder / "s.db", OpenMode::kInspect);
  EXPECT_GT(ExpectTruth(*store, content), 0);
}

}  // namespace
}  // namespace tesuji::storage
