// Versions of the schema: old ones are brought up, whole or not at all; newer and foreign ones are
// refused.
#include "storage/sqlite/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/checksum.h"
#include "storage/sqlite/add_column.h"
#include "storage/store.h"
#include "storage/tables.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

using testing::HasSubstr;

struct Game {
  std::int64_t id = 0;
  std::string moves;
  std::int64_t length = 0;
};

/// Version 2 adds a column and fills it, version 3 an index: a history as a store may have one.
Schema History(bool breaks = false) {
  Table<Game> games("games", {"id"});
  games.Integer<&Game::id>("id", "").RowNumber();
  games.Text<&Game::moves>("moves", "");
  games.Integer<&Game::length>("length", "");
  games.Checksum("checksum", "");
  games.IndexOn({"games_length", "length", false});
  return {{games.shape()},
          {{2,
            [](SQLite::Database& database) {
              AddColumn(database, {.table = "games",
                                   .definition = "length INTEGER NOT NULL DEFAULT 7",
                                   .key = "id",
                                   .checksum = "checksum",
                                   .before = "id, moves",
                                   .after = "id, moves, length"});
            }},
           {3, [breaks](SQLite::Database& database) {
              database.exec("CREATE INDEX games_length ON games(length)");
              if (breaks) database.exec("INSERT INTO nowhere VALUES(1)");
            }}}};
}

const int kFlags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;

/// As version 1 of that history left it: row 2 contradicts its checksum.
void MakeVersion1(SQLite::Database& database) {
  database.exec(
      "CREATE TABLE games(id INTEGER PRIMARY KEY, moves TEXT NOT NULL, checksum TEXT NOT NULL) "
      "STRICT");
  SQLite::Statement insert(database, "INSERT INTO games VALUES(?, ?, ?)");
  for (const auto& [id, moves] : {std::pair(1, "abc"), std::pair(2, "defgh")}) {
    insert.bind(1, id);
    insert.bind(2, moves);
    insert.bind(3, id == 2 ? "damaged" : RowChecksum().Integer(id).Text(moves).Finish());
    insert.exec();
    insert.reset();
  }
  database.exec("PRAGMA user_version = 1");
}

int Version(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

std::string ChecksumOf(SQLite::Database& database, int id) {
  return database.execAndGet("SELECT checksum FROM games WHERE id = " + std::to_string(id))
      .getString();
}

TEST(Schema, BringsAnOldDatabaseUpAndComputesChecksumsAnew) {
  SQLite::Database database(":memory:", kFlags);
  MakeVersion1(database);
  EXPECT_FALSE(CheckSchema(database, History()).has_value());
  Migrate(database, History());
  EXPECT_EQ(Version(database), 3);
  EXPECT_TRUE(CheckSchema(database, History()).has_value());
  EXPECT_EQ(ChecksumOf(database, 1), RowChecksum().Integer(1).Text("abc").Integer(7).Finish());
  Migrate(database, History());  // Nothing more to do.
  EXPECT_EQ(Version(database), 3);
}

TEST(Schema, AMigrationDoesNotMendADamagedRow) {
  SQLite::Database database(":memory:", kFlags);
  MakeVersion1(database);
  Migrate(database, History());
  EXPECT_EQ(ChecksumOf(database, 2), "damaged");
}

TEST(Schema, AMigrationThatFailsInItsLastStepLeavesTheOldVersion) {
  SQLite::Database database(":memory:", kFlags);
  MakeVersion1(database);
  EXPECT_THROW(Migrate(database, History(true)), SQLite::Exception);
  EXPECT_EQ(Version(database), 1);
  EXPECT_EQ(ChecksumOf(database, 1), RowChecksum().Integer(1).Text("abc").Finish());
  EXPECT_THROW(database.execAndGet("SELECT length FROM games"), SQLite::Exception);
}

TEST(Schema, LetsAdditionsByOthersBe) {
  SQLite::Database database(":memory:", kFlags);
  CreateTables(database, History());
  database.exec("CREATE VIEW long_games AS SELECT * FROM games WHERE length > 100");
  EXPECT_TRUE(CheckSchema(database, History()).has_value());
  database.exec("DROP INDEX games_length");
  EXPECT_THAT(CheckSchema(database, History()).error().message,
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
  ExpectRefusal("made by a newer tesuji (schema version 99, this program knows up to 2)");
}

TEST_F(StoreVersion, ZeroIsDamage) {
  Execute("PRAGMA user_version = 0");
  ExpectRefusal("damaged: schema version 0");
}

TEST_F(StoreVersion, AnAlteredApplicationIdIsDamage) {
  Execute("PRAGMA application_id = 17");
  ExpectRefusal("damaged: the application id in its head is 0x11");
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
  ExpectRefusal("is missing or altered");
}

TEST_F(StoreVersion, AnAlteredColumnIsNoticed) {
  Execute("ALTER TABLE matches RENAME COLUMN wins TO won");
  ExpectRefusal("column matches.wins is missing or altered");
}

TEST_F(StoreVersion, AVanishedRowIsNoticed) {
  OpenStore(path_)->AppendTrajectories(
      {Verified(GameLikeTrajectory(1, 1)), Verified(GameLikeTrajectory(1, 2))});
  Execute("DELETE FROM trajectories WHERE id = 2");
  ExpectRefusal("damaged: 2 episodes are counted, the newest row is 1");
}

}  // namespace
}  // namespace tesuji::storage
