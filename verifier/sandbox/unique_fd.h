// An owned file descriptor, and files that live in memory only.
// Thread-safety: a UniqueFd belongs to one thread at a time; a sealed memory file may be opened
// from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace tesuji::verifier {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Reset();

 private:
  int fd_ = -1;
};

/// A read-only file in memory with these bytes: sealed, so nobody can change it any more. Throws
/// MachineError when the kernel has no room.
UniqueFd MakeMemoryFile(std::string_view bytes, const char* name);
/// An own read position on the same file. Throws MachineError.
UniqueFd ReopenReadOnly(int fd);
/// The whole file from its start; fails beyond `max_bytes`.
Result<std::string> ReadDescriptor(int fd, std::size_t max_bytes);

struct PipeEnds {
  UniqueFd read;
  UniqueFd write;
};
/// Close-on-exec. Throws MachineError.
PipeEnds MakePipe();

}  // namespace tesuji::verifier
