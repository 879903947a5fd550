// What a run sees of /proc and /dev/fd.
//
// Every container has a whole procfs, which only the agent can reach: by a descriptor, for an empty
// folder lies over it. A program gets from it no more than the folder of its own descriptors, for
// /dev/stdin and the like. A run-time that cannot do without /proc gets another procfs for the run,
// with nothing in it but the run's processes. The lists of mounts in there would tell paths and
// devices of the machine; but they name only what can be reached from a process's root, and that is
// a copy of the tree which belongs to no namespace: so they are empty.
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "verifier/sandbox/agent.h"

// <sys/mount.h> and <linux/mount.h> exclude each other.
extern "C" int mount(const char*, const char*, const char*, unsigned long, const void*) noexcept;
extern "C" int umount2(const char*, int) noexcept;

namespace tesuji::verifier::agent {
namespace {

constexpr unsigned long kPlain = 2 | 4 | 8;  // MS_NOSUID | MS_NODEV | MS_NOEXEC
constexpr unsigned long kReadOnly = 1;       // MS_RDONLY
constexpr int kDetach = 2;                   // MNT_DETACH

int OpenTree(int folder, const char* path, unsigned flags) {
  return static_cast<int>(
      syscall(SYS_open_tree, folder, path, flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

}  // namespace

bool HideProc(Agent* agent) {
  agent->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (agent->proc < 0 || !agent->isolated) return agent->proc >= 0;
  return mount("tmpfs", "/proc", "tmpfs", kPlain | kReadOnly, "size=4k,nr_inodes=2,mode=0555") == 0;
}

bool ShowProc() {
  return mount("proc", "/proc", "proc", kPlain, "subset=pid,hidepid=ptraceable") == 0;
}

bool UnshowProc() { return umount2("/proc", kDetach) == 0; }

int MountForProgram(const Agent& agent, const Job& job) {
  if (!agent.isolated) return wire::kStepNone;
  const int descriptors = OpenTree(agent.proc, "self/fd", 0);
  if (descriptors < 0 || syscall(SYS_move_mount, descriptors, "", AT_FDCWD, wire::kDescriptors,
                                 MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return wire::kStepProcesses;
  }
  close(descriptors);
  if ((job.request.flags & wire::kProcesses) == 0) return wire::kStepNone;
  const int root = OpenTree(AT_FDCWD, "/", AT_RECURSIVE);
  if (root < 0 || fchdir(root) != 0 || chroot(".") != 0) return wire::kStepProcesses;
  close(root);
  return wire::kStepNone;
}

}  // namespace tesuji::verifier::agent
