// The box: a tmpfs that lives for one run. Unmounting it is what makes sure that no file of one
// run is seen by the next.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "verifier/sandbox/agent.h"

namespace tesuji::verifier::agent {
namespace {

bool MakeParents(const std::string& path, std::size_t from) {
  for (std::size_t i = path.find('/', from); i != std::string::npos; i = path.find('/', i + 1)) {
    if (mkdir(path.substr(0, i).c_str(), 0755) != 0 && errno != EEXIST) return false;
  }
  return true;
}

bool CopyInto(const std::string& path, int from, bool executable) {
  const int to =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, executable ? 0755 : 0644);
  if (to < 0) return false;
  off_t offset = 0;
  ssize_t sent = 0;
  while ((sent = sendfile(to, from, &offset, 1 << 24)) > 0) {
  }
  const int error = errno;
  close(to);
  errno = error;
  return sent == 0;
}

int RemoveEntry(const char* path, const struct stat*, int, struct FTW*) { return remove(path); }

}  // namespace

bool AddFile(const Agent& agent, const Job::File& file) {
  const std::string path = agent.box + "/" + file.name;
  if (!MakeParents(path, agent.box.size() + 1)) return false;
  if (path.back() == '/') return true;  // A folder alone.
  if (file.fd < 0) return mkfifo(path.c_str(), 0644) == 0;
  return CopyInto(path, file.fd, file.mode == wire::kExecutableFile);
}

int MakeBox(const Agent& agent, Job* job_of_run) {
  const Job& job = *job_of_run;
  if (agent.isolated) {
    char options[128];
    snprintf(options, sizeof options, "size=%lld,nr_inodes=%lld,mode=0755",
             static_cast<long long>(job.request.box_bytes),
             static_cast<long long>(job.request.box_files));
    if (mount("tmpfs", agent.box.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) {
      return wire::kStepMount;
    }
  } else if (mkdir(agent.box.c_str(), 0700) != 0) {
    return wire::kStepMount;
  }
  if (mkdir((agent.box + "/tmp").c_str(), 01777) != 0) return wire::kStepFiles;
  if (agent.isolated) {
    for (const std::string& folder :
         {agent.box + "/.dev", std::string(wire::kSharedMemory), std::string(wire::kDescriptors)}) {
      if (mkdir(folder.c_str(), 0755) != 0) return wire::kStepFiles;
    }
  }
  for (const Job::File& file : job.files) {
    if (!AddFile(agent, file)) return wire::kStepFiles;
  }
  if (agent.isolated && (job.request.flags & wire::kProcesses) != 0) {
    if (!ShowProc()) return wire::kStepProcesses;
    job_of_run->shows_proc = true;
  }
  return wire::kStepNone;
}

void FetchFiles(const Agent& agent, const Job& job, wire::Reply* reply, std::vector<int>* out) {
  const int box = open(agent.box.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  reply->fetch_count = static_cast<std::uint32_t>(job.fetch.size());
  for (std::size_t i = 0; i < job.fetch.size(); ++i) {
    // O_NONBLOCK: a FIFO in the file's place must not hold us; no links of any kind are followed.
    struct open_how how = {};
    how.flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    const int fd = static_cast<int>(syscall(SYS_openat2, box, job.fetch[i], &how, sizeof how));
    if (fd < 0) {
      reply->fetched[i] = errno == ELOOP || errno == ENXIO || errno == EXDEV
                              ? wire::Fetch::kNotRegular
                              : wire::Fetch::kMissing;
      continue;
    }
    struct stat info = {};
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1) {
      reply->fetched[i] = wire::Fetch::kNotRegular;
    } else if (info.st_size > job.request.fetch_bytes) {
      reply->fetched[i] = wire::Fetch::kTooLarge;
    } else {
      reply->fetched[i] = wire::Fetch::kHere;
      out->push_back(fd);
      continue;
    }
    close(fd);
  }
  if (box >= 0) close(box);
}

void DropBox(const Agent& agent, const Job& job) {
  if (!agent.isolated) {
    nftw(agent.box.c_str(), RemoveEntry, 16, FTW_DEPTH | FTW_PHYS);
    return;
  }
  if (job.shows_proc && !UnshowProc()) _exit(70);
  if (umount2(agent.box.c_str(), MNT_DETACH) != 0 && errno != EINVAL) {
    // A box that stays would be seen by the next run: end the container instead.
    _exit(70);
  }
}

}  // namespace tesuji::verifier::agent
