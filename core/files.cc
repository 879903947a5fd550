#include "core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace tesuji {
namespace {

/// Closes a file descriptor at the end of its scope.
struct Descriptor {
  int fd;
  explicit Descriptor(int descriptor) : fd(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

std::string Reason() { return std::strerror(errno); }

/// A temporary file is called NAME.??????.tmp.
constexpr std::string_view kTemporaryEnd = ".tmp";
std::string TemporaryTemplate(const std::filesystem::path& path) {
  return fmt::format("{}.XXXXXX{}", path.string(), kTemporaryEnd);
}
bool IsTemporary(const std::filesystem::path& path) {
  return path.extension() == kTemporaryEnd && path.stem().extension().string().size() == 7;
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t max_bytes) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) return Fail(fmt::format("{}: cannot open: {}", path.string(), Reason()));
  struct stat status {};
  if (::fstat(file.fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    return Fail(fmt::format("{}: is a folder, expected a file", path.string()));
  }
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(file.fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail(fmt::format("{}: cannot read: {}", path.string(), Reason()));
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) {
      return Fail(fmt::format("{}: larger than {} bytes", path.string(), max_bytes));
    }
  }
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  std::string temporary = TemporaryTemplate(path);
  Descriptor file(::mkostemps(temporary.data(), kTemporaryEnd.size(), O_CLOEXEC));
  if (file.fd < 0) throw MachineError(fmt::format("{}: cannot create: {}", temporary, Reason()));
  const auto fail = [&](const char* what) {
    const std::string reason = Reason();
    ::unlink(temporary.c_str());
    throw MachineError(fmt::format("{}: cannot {}: {}", path.string(), what, reason));
  };
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  ::fchmod(file.fd, 0644);
  if (::fsync(file.fd) != 0) fail("sync");
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail("rename");
}

void RemoveTemporaries(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  try {
    std::vector<fs::path> left;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && IsTemporary(entry.path())) left.push_back(entry.path());
    }
    for (const fs::path& path : left) fs::remove(path);
  } catch (const fs::filesystem_error& error) {
    throw MachineError(fmt::format("{}: cannot remove temporary files: {}", error.path1().string(),
                                   error.code().message()));
  }
}

}  // namespace tesuji
