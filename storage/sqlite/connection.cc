#include "storage/sqlite/connection.h"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cctype>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "storage/damage.h"
#include "storage/sqlite/counters.h"
#include "storage/sqlite/migrations.h"

namespace tesuji::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyTimeoutMs = 10'000;
/// Game records are some 2 KB: measured, pages of 16 KiB take a third less room than of 4 KiB.
constexpr const char* kPageSize = "PRAGMA page_size = 16384";
/// Up to this size opening reads every page once (measured: about 1 ms a MiB).
constexpr std::uintmax_t kQuickCheckBytes = std::uintmax_t{64} << 20;

/// SQLite tells ENOSPC apart (SQLITE_FULL) and nothing else: a quota, a limit on file sizes and a
/// dying disk are one write error, and by now its errno has been overwritten.
bool IsFull(const SQLite::Exception& error) { return error.getErrorCode() == SQLITE_FULL; }
bool IsWriteError(const SQLite::Exception& error) {
  const int code = error.getExtendedErrorCode();
  return code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE ||
         code == SQLITE_IOERR_TRUNCATE || code == SQLITE_IOERR_FSYNC ||
         code == SQLITE_IOERR_DIR_FSYNC;
}
/// The machine is at fault and not the file.
bool IsMachine(const SQLite::Exception& error) { return IsFull(error) || IsWriteError(error); }

bool IsDamage(const SQLite::Exception& error) {
  const int code = error.getErrorCode();
  if (std::string_view(error.what()).starts_with("no such ")) return true;  // Table, column.
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB ||
         error.getExtendedErrorCode() == SQLITE_IOERR_SHORT_READ;
}

/// What went wrong and what to do, in SQLite's stead.
std::string Reason(const SQLite::Exception& error) {
  constexpr const char* kAdvice = "; make room and go on: nothing that was committed is lost";
  if (IsFull(error)) return std::string("no space left on the disk") + kAdvice;
  if (IsWriteError(error)) {
    return std::string("the disk refuses to write (no space left, over quota or failing)") +
           kAdvice;
  }
  if (error.getErrorCode() == SQLITE_NOTADB) return "damaged: the head of the file";
  if (IsDamage(error)) return fmt::format("damaged: {}", error.what());
  if (error.getErrorCode() == SQLITE_READONLY) return "opened for reading only";
  if (error.getErrorCode() == SQLITE_BUSY) return "another process keeps the file locked";
  return fmt::format("{} (SQLite code {})", error.what(), error.getExtendedErrorCode());
}

/// Full durability: a commit has reached the disk when it returns (WAL with synchronous=FULL; the
/// writer thread batches commits, so the wait is paid about once a second). What a killed process
/// committed is in the log; after a power cut the log's checksums end it at a whole transaction.
void Configure(SQLite::Database& database, bool read_only) {
  database.setBusyTimeout(kBusyTimeoutMs);
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA trusted_schema = OFF");  // The file may come from anywhere.
  database.exec("PRAGMA cell_size_check = ON");  // Notice damaged pages early.
  database.exec("PRAGMA mmap_size = 0");         // A truncated file is an error, not a SIGBUS.
  if (read_only) return;
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA wal_autocheckpoint = 256");  // Pages: 4 MiB.
  database.exec("PRAGMA journal_size_limit = 67108864");
  const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal") throw SQLite::Exception("the file system does not support WAL: " + mode);
}

fs::path Beside(const fs::path& path, const char* suffix) { return path.string() + suffix; }

void RemoveDatabase(const fs::path& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    fs::remove(Beside(path, suffix), ignored);
  }
}

/// Brings a file or folder to the disk. Never for a database that is open in this process: closing
/// the file would drop SQLite's locks on it.
bool Sync(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool good = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return good;
}

/// Makes an empty store under another name and renames it: half a store is never seen.
Status Create(const fs::path& path) {
  if (fs::exists(Beside(path, "-wal"))) {
    return Fail(
        fmt::format("{0}: missing, but its log {0}-wal is there: put the store back, or "
                    "remove the log to start a new one",
                    path.string()));
  }
  const fs::path fresh = Beside(path, ".new");
  RemoveDatabase(fresh);
  try {
    SQLite::Database database(fresh, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(kPageSize);
    database.exec("PRAGMA synchronous = OFF");  // Synced once, below.
    CreateTables(database, StoreSchema());
    CreateCounters(database);
    database.exec("PRAGMA journal_mode = WAL");
  } catch (const SQLite::Exception& error) {
    RemoveDatabase(fresh);
    const std::string line = fmt::format("{}: cannot create: {}", path.string(), Reason(error));
    if (IsMachine(error)) throw MachineError(line);
    return Fail(line);
  }
  if (!Sync(fresh)) throw MachineError(path.string() + ": cannot create: the disk does not sync");
  std::error_code problem;
  fs::rename(fresh, path, problem);
  if (problem) return Fail(fmt::format("{}: cannot create: {}", path.string(), problem.message()));
  Sync(path.parent_path());
  return {};
}

[[noreturn]] void ThrowDamaged(const fs::path& path, const std::string& what) {
  throw DamagedError(fmt::format(
      "{0}: damaged: {1}; `tesuji verify {0}` says what is damaged and what can still be read",
      path.string(), what));
}

/// Fails for a file that is no SQLite database; throws DamagedError for one of ours whose first
/// bytes were altered.
Status CheckHead(const fs::path& path) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr std::string_view kApplication = "TSJI";
  constexpr std::size_t kApplicationAt = 68;
  char head[100] = {};
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(path.string() + ": cannot be read: no permission");
  file.read(head, sizeof head);
  const std::string_view bytes(head, sizeof head);
  if (bytes.starts_with(kMagic)) return {};
  if (bytes.substr(kApplicationAt, kApplication.size()) == kApplication) {
    throw DamagedError(path.string() + ": damaged: the first 16 bytes of the file are altered");
  }
  return Fail(path.string() + ": not an SQLite database, so not a tesuji store");
}

/// Fails unless `path` can be a store of this mode, by what the file system says.
Status CheckPath(const fs::path& path, OpenMode mode) {
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  const std::string name = path.string();
  if (status.type() == fs::file_type::not_found) {
    if (mode != OpenMode::kCreateOrOpen) return Fail(name + ": no such store");
    if (fs::is_directory(path.parent_path(), problem)) return {};
    return Fail(fmt::format("{}: the folder {} does not exist", name, path.parent_path().string()));
  }
  if (fs::is_directory(status)) return Fail(name + ": is a folder, expected a store file");
  if (status.type() == fs::file_type::none || status.type() == fs::file_type::unknown) {
    return Fail(fmt::format("{}: cannot look at it: {}", name, problem.message()));
  }
  if (!fs::is_regular_file(status)) return Fail(name + ": is not a regular file");
  if (fs::file_size(path, problem) == 0) {
    return Fail(name + ": is empty, not a tesuji store; remove it to start a new one");
  }
  return CheckHead(path);
}

bool IsReading(OpenMode mode) { return mode == OpenMode::kReadOnly || mode == OpenMode::kInspect; }

/// "file:…?immutable=1" with everything but plain characters escaped.
std::string ImmutableUri(const fs::path& path) {
  std::string uri = "file:";
  for (const char c : path.string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '-' ||
                       c == '_' || c == '.';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri + "?immutable=1";
}

/// Reading a WAL database wants files beside it. Where the folder cannot be written and no log
/// waits to be read, the file is read in place with writers kept away.
bool MustReadInPlace(const fs::path& path) {
  return ::access(path.parent_path().c_str(), W_OK) != 0 && !fs::exists(Beside(path, "-wal"));
}

/// SQLite's own check: of all pages in a small file, else of the tables that are small in any file.
/// The rest gives itself away when read: trajectories are numbered without gaps, blobs have hashes;
/// but a fact or a metric on a page that is damaged just so would quietly be gone.
Status QuickCheck(SQLite::Database& database, std::uintmax_t file_bytes) {
  std::vector<std::string> checks = {"PRAGMA quick_check(1)"};
  if (file_bytes > kQuickCheckBytes) {
    checks.clear();
    for (const char* table :
         {"counters", "facts", "checkpoints", "metrics", "matches", "unfinished"}) {
      checks.push_back(fmt::format("PRAGMA quick_check({})", table));
    }
  }
  for (const std::string& check : checks) {
    const std::string verdict = database.execAndGet(check).getString();
    if (verdict != "ok") return Fail(verdict.substr(0, verdict.find('\n')));
  }
  return {};
}

/// What makes a store unfit for use as a whole. Damage to single rows shows when they are read.
Status CheckContents(SQLite::Database& database, const fs::path& path) {
  if (auto schema = CheckSchema(database, StoreSchema()); !schema) return schema;
  if (auto pages = QuickCheck(database, fs::file_size(path)); !pages) return pages;
  // One transaction, as a writer may append between two statements.
  SQLite::Transaction transaction(database);
  const std::int64_t newest_id =
      database.execAndGet("SELECT ifnull(max(id), 0) FROM trajectories").getInt64();
  const std::int64_t counted = ReadCounters(database).episodes;
  if (newest_id == counted) return {};
  return Fail(fmt::format("{} episodes are counted, the newest row is {}", counted, newest_id));
}

/// An older store that may not be written is read through a temporary copy of the newest version.
std::unique_ptr<SQLite::Database> MigratedCopy(SQLite::Database& store) {
  // No name: a file that SQLite removes when it is closed.
  auto copy = std::make_unique<SQLite::Database>("", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup(*copy, store).executeStep();
  Migrate(*copy, StoreSchema());
  copy->exec("PRAGMA query_only = ON");
  return copy;
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::Open(const fs::path& path, OpenMode mode) {
  if (path.empty()) return Fail("the store's path is empty");
  // One name for one file, so that two spellings meet at one lock.
  std::error_code problem;
  fs::path name = fs::weakly_canonical(fs::absolute(path), problem);
  if (problem) return Fail(fmt::format("{}: {}", path.string(), problem.message()));
  if (auto good = CheckPath(name, mode); !good) return tl::unexpected(good.error());
  std::unique_ptr<FileLock> lock;
  if (!IsReading(mode) || MustReadInPlace(name)) {
    auto taken = IsReading(mode) ? FileLock::Shared(name) : FileLock::Exclusive(name);
    if (!taken) return tl::unexpected(taken.error());
    lock = std::move(*taken);
  }
  if (mode == OpenMode::kCreateOrOpen && !fs::exists(name)) {
    if (auto made = Create(name); !made) return tl::unexpected(made.error());
  }
  return OpenLocked(name, mode, std::move(lock));
}

Result<std::unique_ptr<Connection>> Connection::OpenLocked(const fs::path& path, OpenMode mode,
                                                           std::unique_ptr<FileLock> lock) {
  const bool read_only = IsReading(mode);
  const bool in_place = read_only && MustReadInPlace(path);
  const std::string name = path.string();
  std::unique_ptr<SQLite::Database> database;
  try {
    const int access = read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE;
    database = std::make_unique<SQLite::Database>(in_place ? ImmutableUri(path) : name,
                                                  access | SQLite::OPEN_URI);
    if (!read_only && sqlite3_db_readonly(database->getHandle(), "main") == 1) {
      return Fail(name + ": cannot write to it: no permission");
    }
    // A file that was cut off opens then, and what is left of it can be read.
    if (mode == OpenMode::kInspect) database->exec("PRAGMA writable_schema = ON");
    // Asked before Configure(), which would write to a foreign file.
    const auto version = SchemaVersion(*database, StoreSchema());
    if (!version) return Fail(fmt::format("{}: {}", name, version.error().message));
    Configure(*database, read_only);
    if (*version < StoreSchema().version()) {
      if (read_only) {
        database = MigratedCopy(*database);
      } else {
        if (auto pages = QuickCheck(*database, fs::file_size(path)); !pages) {
          ThrowDamaged(path, pages.error().message);
        }
        Migrate(*database, StoreSchema());
      }
    }
    if (mode != OpenMode::kInspect) {
      if (auto good = CheckContents(*database, path); !good) {
        ThrowDamaged(path, good.error().message);
      }
    }
  } catch (const SQLite::Exception& error) {
    const std::string line = fmt::format("{}: cannot open: {}", name, Reason(error));
    if (IsMachine(error)) throw MachineError(line);
    if (IsDamage(error)) ThrowDamaged(path, error.what());
    return Fail(line);
  } catch (const DamagedRow& error) {
    ThrowDamaged(path, error.what());
  }
  return std::unique_ptr<Connection>(new Connection(path, std::move(lock), std::move(database)));
}

void Connection::Throw(const std::string& what, const SQLite::Exception& error) const {
  const std::string line = fmt::format("{}: cannot {}: {}", path_.string(), what, Reason(error));
  if (IsDamage(error)) throw DamagedError(line);
  throw MachineError(line);
}

void Connection::Throw(const std::string& what, const DamagedRow& error) const {
  throw DamagedError(fmt::format("{}: cannot {}: damaged: {}", path_.string(), what, error.what()));
}

}  // namespace tesuji::storage
