// One open database file: how it is opened and checked, its mutex, its transactions, and how
// SQLite's errors become lines for a person. Inside storage/sqlite/ only: it includes SQLiteCpp.
//
// Failures: Open() gives a Failure for what is no store or cannot be used so, and throws
// DamagedError for a damaged one, MachineError when the disk is full. Read() and Write() throw
// MachineError; of these, DamagedError says that the file itself is at fault.
// Thread-safety: Read() and Write() from any thread, one at a time by the mutex. They do not nest.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/result.h"
#include "storage/damage.h"
#include "storage/sqlite/lock.h"
#include "storage/store.h"

namespace tesuji::storage {

/// Thrown inside Read() and Write() for a row that contradicts its checksum; they add the path.
struct DamagedRow : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> Open(const std::filesystem::path& path, OpenMode mode);

  const std::filesystem::path& path() const { return path_; }

  /// Runs `work(database)`; `what` completes "cannot …".
  template <class Work>
  auto Read(const std::string& what, Work&& work) {
    const std::lock_guard<std::mutex> guard(mutex_);
    try {
      return work(*database_);
    } catch (const SQLite::Exception& error) {
      Throw(what, error);
    } catch (const DamagedRow& error) {
      Throw(what, error);
    }
  }

  /// As Read(), in one transaction: all of it happens or, when anything throws, nothing.
  template <class Work>
  auto Write(const std::string& what, Work&& work) {
    return Read(what, [&](SQLite::Database& database) {
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      if constexpr (std::is_void_v<decltype(work(database))>) {
        work(database);
        transaction.commit();
      } else {
        auto result = work(database);
        transaction.commit();
        return result;
      }
    });
  }

 private:
  Connection(std::filesystem::path path, std::unique_ptr<FileLock> lock,
             std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), lock_(std::move(lock)), database_(std::move(database)) {}
  static Result<std::unique_ptr<Connection>> OpenLocked(const std::filesystem::path& path,
                                                        OpenMode mode,
                                                        std::unique_ptr<FileLock> lock);
  [[noreturn]] void Throw(const std::string& what, const SQLite::Exception& error) const;
  [[noreturn]] void Throw(const std::string& what, const DamagedRow& error) const;

  std::filesystem::path path_;
  std::unique_ptr<FileLock> lock_;  // Let go after the database is closed.
  std::unique_ptr<SQLite::Database> database_;
  std::mutex mutex_;
};

}  // namespace tesuji::storage
