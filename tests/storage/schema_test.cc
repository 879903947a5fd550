// Versions of the schema: old ones are brought up, newer and foreign ones refused.
#include "storage/sqlite/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "storage/store.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

using testing::HasSubstr;

// Version 2 adds a column and fills it, version 3 an index: a history as a store may have one.
constexpr std::array<Migration, 3> kHistory = {
    {{1, "CREATE TABLE games(id INTEGER PRIMARY KEY, moves TEXT NOT NULL) STRICT"},
     {2,
      "ALTER TABLE games ADD COLUMN length INTEGER NOT NULL DEFAULT 0;"
      "UPDATE games SET length = length(moves)"},
     {3, "CREATE INDEX games_length ON games(length)"}}};

const int kFlags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;

int Version(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

TEST(Schema, BringsAnOldDatabaseUpAndKeepsItsRows) {
  const TemporaryFolder folder;
  SQLite::Database database(folder / "old.db", kFlags);
  Migrate(database, std::span(kHistory).first(1));
  database.exec("INSERT INTO games(moves) VALUES('abc'), ('defgh')");
  ASSERT_EQ(Version(database), 1);
  EXPECT_FALSE(CheckSchema(database, kHistory).has_value());

  Migrate(database, kHistory);
  EXPECT_EQ(Version(database), 3);
  EXPECT_EQ(database.execAndGet("SELECT sum(length) FROM games").getInt(), 8);
  EXPECT_TRUE(CheckSchema(database, kHistory).has_value());
  Migrate(database, kHistory);  // Nothing more to do.
  EXPECT_EQ(Version(database), 3);
}

TEST(Schema, AMigrationThatFailsLeavesTheOldVersion) {
  const TemporaryFolder folder;
  SQLite::Database database(folder / "old.db", kFlags);
  Migrate(database, std::span(kHistory).first(1));
  const std::array<Migration, 2> broken = {
      {kHistory[0], {2, "ALTER TABLE games ADD COLUMN extra TEXT; INSERT INTO nowhere VALUES(1)"}}};
  EXPECT_THROW(Migrate(database, broken), SQLite::Exception);
  EXPECT_EQ(Version(database), 1);
  EXPECT_TRUE(CheckSchema(database, std::span(kHistory).first(1)).has_value());
}

TEST(Schema, LetsAdditionsByOthersBe) {
  SQLite::Database database(":memory:", kFlags);
  Migrate(database, kHistory);
  database.exec("CREATE VIEW long_games AS SELECT * FROM games WHERE length > 100");
  EXPECT_TRUE(CheckSchema(database, kHistory).has_value());
  database.exec("DROP INDEX games_length");
  EXPECT_THAT(CheckSchema(database, kHistory).error().message,
              HasSubstr("index games_length is missing"));
}

class StoreVersion : public testing::Test {
 protected:
  StoreVersion() : path_(folder_ / "s.db") { OpenStore(path_)->PutFact("a", 1); }
  void Execute(const char* sql) { SQLite::Database(path_, SQLite::OPEN_READWRITE).exec(sql); }
  void ExpectRefusal(const char* expected) {
    for (const OpenMode mode :
         {OpenMode::kCreateOrOpen, OpenMode::kReadWrite, OpenMode::kReadOnly}) {
      EXPECT_THAT(RefusalOf(path_, mode), HasSubstr(expected));
    }
  }

  TemporaryFolder folder_;
  std::filesystem::path path_;
};

TEST_F(StoreVersion, NewerThanKnownIsRefused) {
  Execute("PRAGMA user_version = 99");
  ExpectRefusal("made by a newer tesuji (schema version 99, this program knows up to 1)");
}

TEST_F(StoreVersion, ZeroIsRefused) {
  Execute("PRAGMA user_version = 0");
  ExpectRefusal("damaged: schema version 0");
}

TEST_F(StoreVersion, ForeignDatabasesAreRefusedAndLeftAlone) {
  std::filesystem::remove(path_);
  SQLite::Database(path_, kFlags).exec("CREATE TABLE bookmarks(url TEXT)");
  const std::string before = ReadBytes(path_);
  ExpectRefusal("not a tesuji store: an SQLite file of another program");
  EXPECT_EQ(ReadBytes(path_), before);
}

TEST_F(StoreVersion, AMissingTableIsNoticed) {
  Execute("DROP TABLE matches");
  ExpectRefusal("damaged: table matches is missing");
}

TEST_F(StoreVersion, AVanishedRowIsNoticed) {
  OpenStore(path_)->AppendTrajectories(
      {Verified(GameLikeTrajectory(1, 1)), Verified(GameLikeTrajectory(1, 2))});
  Execute("DELETE FROM trajectories WHERE id = 2");
  ExpectRefusal("damaged: 2 episodes are counted, the newest row is 1");
}

}  // namespace
}  // namespace tesuji::storage
