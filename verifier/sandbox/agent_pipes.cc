// The standard descriptors that the agent holds while a conversation goes on. As long as it holds
// the writing end of a pipe, the other side cannot see the program's end before that is recorded.
// But a program may close its output and go on: then the other side must see the end of file.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verifier/sandbox/agent.h"
#include "verifier/sandbox/agent_use.h"

namespace tesuji::verifier::agent {
namespace {

constexpr unsigned kExiting = 0x4;  // PF_EXITING, set before a process closes its descriptors.

/// True as well when the process is gone or cannot be read.
bool IsEnding(const Agent& agent, pid_t pid) {
  char text[512];
  if (!ReadProc(agent, pid, "stat", text, sizeof text)) return true;
  const char* rest = strrchr(text, ')');
  unsigned flags = 0;
  char state = 0;
  if (rest == nullptr || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2) {
    return true;
  }
  return state == 'Z' || state == 'X' || (flags & kExiting) != 0;
}

bool IsWritingEnd(int fd, struct stat* info) {
  return fd >= 0 && fstat(fd, info) == 0 && S_ISFIFO(info->st_mode) &&
         (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
}

/// Calls visit(descriptor's file, whether it can be written to) for everything that `pid` has open.
template <typename Visit>
void ForEachDescriptor(const Agent& agent, pid_t pid, const Visit& visit) {
  char path[64];
  snprintf(path, sizeof path, "%d/fd", pid);
  const int fds = openat(agent.proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* folder = fds < 0 ? nullptr : fdopendir(fds);
  if (folder == nullptr) return;
  while (const struct dirent* entry = readdir(folder)) {
    struct stat link = {};
    struct stat file = {};
    if (entry->d_name[0] == '.' || fstatat(fds, entry->d_name, &file, 0) != 0 ||
        fstatat(fds, entry->d_name, &link, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    visit(file, (link.st_mode & S_IWUSR) != 0);  // The link's mode is that of the descriptor.
  }
  closedir(folder);
}

}  // namespace

void CloseStandard(Job* job) {
  for (int& fd : job->standard) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
}

void ReleaseClosedPipes(const Agent& agent, pid_t program, Job* job) {
  if (!agent.isolated || agent.proc < 0) return;
  std::vector<struct stat> held(job->standard.size());
  std::vector<bool> closed(job->standard.size());
  bool any = false;
  for (std::size_t i = 0; i < held.size(); ++i) {
    closed[i] = IsWritingEnd(job->standard[i], &held[i]);
    any = any || closed[i];
  }
  if (!any) return;
  for (const pid_t pid : Processes(agent)) {
    ForEachDescriptor(agent, pid, [&](const struct stat& file, bool writes) {
      for (std::size_t i = 0; i < held.size(); ++i) {
        if (writes && file.st_ino == held[i].st_ino && file.st_dev == held[i].st_dev) {
          closed[i] = false;
        }
      }
    });
  }
  // Asked after the look: a program that ends is marked before it loses its descriptors.
  if (IsEnding(agent, program)) return;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (!closed[i]) continue;
    close(job->standard[i]);
    job->standard[i] = -1;
  }
}

}  // namespace tesuji::verifier::agent
