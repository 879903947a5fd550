// Where a dataset grows: OUT.partial beside OUT, renamed to OUT when it is whole. Nothing else is
// ever called OUT, and an existing OUT is never touched.
//
// The folder remembers the plan it was begun with; a later run with the same plan goes on in it,
// one with another plan is refused; files that the earlier run had half written are removed. A lock
// keeps two runs apart and ends with the process.
// Failures: Open() gives a Result for what the caller can mend; MachineError when the disk refuses.
// Thread-safety: one thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/result.h"

namespace tesuji::dataset {

class WorkFolder {
 public:
  /// `plan`: hash of all that decides the bytes.
  static Result<std::unique_ptr<WorkFolder>> Open(const std::filesystem::path& out,
                                                  const std::string& plan);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  /// The dataset's files go here, …
  const std::filesystem::path& root() const { return root_; }
  /// … and what only the work needs here; it is gone after Publish().
  std::filesystem::path scratch() const { return root_ / ".work"; }
  bool resumed() const { return resumed_; }
  /// Syncs, removes scratch() and gives the folder its name. Fails when OUT has come to be.
  Status Publish();

 private:
  WorkFolder() = default;
  std::filesystem::path out_;
  std::filesystem::path root_;
  int lock_ = -1;
  bool resumed_ = false;
};

/// Returns when everything written below `path` is on the disk; throws MachineError.
void SyncFiles(const std::filesystem::path& path);

/// Makes a folder and those above it; throws MachineError.
void MakeFolder(const std::filesystem::path& path);

}  // namespace tesuji::dataset
