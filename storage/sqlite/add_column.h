// For migrations: a new column of a table whose rows have checksums.
// Failures: SQLite::Exception. Thread-safety: as the connection, one thread at a time.
#pragma once

#include <string>

namespace SQLite {
class Database;
}

namespace tesuji::storage {

/// Names and definitions as they were in the version that the step leads to.
struct AddedColumn {
  std::string table;
  std::string definition;  ///< "kind TEXT NOT NULL DEFAULT 'playing'".
  std::string key;         ///< The column of its row number, "id".
  std::string checksum;    ///< The column that holds the row's checksum.
  std::string before;      ///< What was in the checksum: "episode, bytes".
  std::string after;       ///< What is: "episode, kind, bytes".
};

/// Adds the column, then computes the checksum of each row anew. A row that contradicts its old
/// checksum keeps it: it stays damaged and is named when it is read.
void AddColumn(SQLite::Database& database, const AddedColumn& added);

}  // namespace tesuji::storage
