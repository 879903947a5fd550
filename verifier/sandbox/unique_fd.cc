#include "verifier/sandbox/unique_fd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tesuji::verifier {

void UniqueFd::Reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

UniqueFd MakeMemoryFile(std::string_view bytes, const char* name) {
  UniqueFd file(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.valid()) throw MachineError(fmt::format("no memory file: {}", strerror(errno)));
  while (!bytes.empty()) {
    const ssize_t put = write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) throw MachineError(fmt::format("memory file is full: {}", strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  fchmod(file.get(), 0555);
  if (fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) !=
      0) {
    throw MachineError(fmt::format("memory file cannot be sealed: {}", strerror(errno)));
  }
  return ReopenReadOnly(file.get());
}

UniqueFd ReopenReadOnly(int fd) {
  UniqueFd file(open(fmt::format("/proc/self/fd/{}", fd).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) throw MachineError(fmt::format("cannot reopen a file: {}", strerror(errno)));
  return file;
}

Result<std::string> ReadDescriptor(int fd, std::size_t max_bytes) {
  struct stat info = {};
  if (fstat(fd, &info) != 0) return Fail(fmt::format("cannot stat: {}", strerror(errno)));
  if (static_cast<std::size_t>(info.st_size) > max_bytes) {
    return Fail(fmt::format("{} bytes where at most {} are allowed", info.st_size, max_bytes));
  }
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got = pread(fd, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    at += static_cast<std::size_t>(got);
  }
  bytes.resize(at);
  return bytes;
}

PipeEnds MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw MachineError(fmt::format("no pipe: {}", strerror(errno)));
  }
  // Containers of root run as somebody else, who opens /dev/stdin by its permissions.
  fchmod(ends[0], 0666);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace tesuji::verifier
