#include "storage/sqlite/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tesuji::storage {
namespace {

std::filesystem::path LockPath(const std::filesystem::path& store) {
  return store.string() + ".lock";
}

/// False when another holds it.
bool TryLock(int descriptor, int operation) {
  while (::flock(descriptor, operation | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return false;
    throw MachineError(fmt::format("cannot lock: {}", std::strerror(errno)));
  }
  return true;
}

/// " (process 4711)" as the holder has written it, or "".
std::string Holder(int descriptor) {
  char text[24] = {};
  if (::pread(descriptor, text, sizeof text - 1, 0) <= 0) return {};
  const long pid = std::strtol(text, nullptr, 10);
  return pid > 0 ? fmt::format(" (process {})", pid) : std::string{};
}

}  // namespace

FileLock::~FileLock() { ::close(descriptor_); }

Result<std::unique_ptr<FileLock>> FileLock::Exclusive(const std::filesystem::path& store) {
  const std::string path = LockPath(store).string();
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const std::string line = fmt::format("{}: cannot be opened for writing: {}: {}", store.string(),
                                         path, std::strerror(errno));
    if (errno == ENOSPC || errno == EDQUOT) throw MachineError(line);
    return Fail(line);
  }
  std::unique_ptr<FileLock> lock(new FileLock(descriptor));
  if (!TryLock(descriptor, LOCK_EX)) {
    return Fail(
        fmt::format("{}: another process{} is using it; stop that one first, or open the "
                    "store for reading only",
                    store.string(), Holder(descriptor)));
  }
  // For the message above only: on a full disk the lock holds without a name in it.
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) == 0 &&
      ::pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    static_cast<void>(::ftruncate(descriptor, 0) == 0);
  }
  return lock;
}

Result<std::unique_ptr<FileLock>> FileLock::Shared(const std::filesystem::path& store) {
  const int descriptor = ::open(LockPath(store).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unique_ptr<FileLock>{};
  std::unique_ptr<FileLock> lock(new FileLock(descriptor));
  if (TryLock(descriptor, LOCK_SH)) return lock;
  return Fail(
      fmt::format("{}: another process{} is writing to it, and reading beside a writer "
                  "needs write permission for the folder",
                  store.string(), Holder(descriptor)));
}

}  // namespace tesuji::storage
