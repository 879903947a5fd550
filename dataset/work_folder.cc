#include "dataset/work_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/files.h"

namespace tesuji::dataset {
namespace fs = std::filesystem;

void SyncFiles(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || ::syncfs(fd) != 0) {
    const std::string reason = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    throw MachineError(fmt::format("{}: cannot sync: {}", path.string(), reason));
  }
  ::close(fd);
}

void MakeFolder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw MachineError(
        fmt::format("{}: cannot create the folder: {}", path.string(), error.message()));
  }
}

namespace {

/// Whether the folder is empty or has nothing but a scratch(): what a process leaves that is killed
/// before it has written its plan.
bool IsBegun(const WorkFolder& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder.root(), error)) {
    if (entry.path() != folder.scratch() || !entry.is_directory(error)) return false;
  }
  return !error;
}

}  // namespace

Result<std::unique_ptr<WorkFolder>> WorkFolder::Open(const fs::path& out, const std::string& plan) {
  std::unique_ptr<WorkFolder> folder(new WorkFolder());
  std::string name = out.string();
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  folder->out_ = name;
  folder->root_ = name + ".partial";
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder->out_, error))) {
    return Fail(fmt::format("{}: exists; choose another --out, nothing is overwritten", name));
  }
  const fs::path plan_file = folder->scratch() / "plan";
  const bool existed = fs::exists(fs::symlink_status(folder->root_, error));
  if (existed && !fs::exists(plan_file, error) && !IsBegun(*folder)) {
    return Fail(fmt::format("{}: is in the way and not ours; move it", folder->root_.string()));
  }
  MakeFolder(folder->scratch());
  folder->lock_ = ::open((folder->scratch() / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (folder->lock_ < 0) {
    throw MachineError(
        fmt::format("{}: cannot create a lock: {}", folder->root_.string(), std::strerror(errno)));
  }
  if (::flock(folder->lock_, LOCK_EX | LOCK_NB) != 0) {
    return Fail(fmt::format("{}: another process is making this dataset", folder->root_.string()));
  }
  if (fs::exists(plan_file, error)) {
    const auto before = ReadFile(plan_file, 4096);
    if (!before || *before != plan) {
      return Fail(fmt::format(
          "{}: an unfinished dataset of other rows or another recipe; remove it to start anew",
          folder->root_.string()));
    }
    RemoveTemporaries(folder->root_);
    folder->resumed_ = true;
  } else {
    WriteFileAtomically(plan_file, plan);
  }
  return folder;
}

WorkFolder::~WorkFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Status WorkFolder::Publish() {
  std::error_code error;
  fs::remove_all(scratch(), error);
  if (error) throw MachineError(fmt::format("{}: {}", scratch().string(), error.message()));
  SyncFiles(root_);
  if (::renameat2(AT_FDCWD, root_.c_str(), AT_FDCWD, out_.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) {
      return Fail(fmt::format("{}: has come to be meanwhile; the dataset is in {}", out_.string(),
                              root_.string()));
    }
    throw MachineError(fmt::format("{}: cannot rename to {}: {}", root_.string(), out_.string(),
                                   std::strerror(errno)));
  }
  const fs::path parent = out_.parent_path();
  SyncFiles(parent.empty() ? fs::path(".") : parent);
  return {};
}

}  // namespace tesuji::dataset
