// The writer's lock of a store: flock() on `<store>.lock`. The kernel releases it when the process
// dies, however it dies. The file stays: deleting a lock file others may be opening is a race.
//
// Thread-safety: one thread at a time. Two locks of one path exclude each other within a process
// too.
#pragma once

#include <filesystem>
#include <memory>

#include "core/result.h"

namespace tesuji::storage {

class FileLock {
 public:
  /// For the writer. Fails when another holds it, naming its process; throws MachineError when the
  /// lock file cannot be made because the disk is full.
  static Result<std::unique_ptr<FileLock>> Exclusive(const std::filesystem::path& store);
  /// Keeps writers away from a store read in place. Null when the folder has no lock file to hold.
  static Result<std::unique_ptr<FileLock>> Shared(const std::filesystem::path& store);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace tesuji::storage
