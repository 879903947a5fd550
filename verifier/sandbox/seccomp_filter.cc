#include "verifier/sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/result.h"
#include "verifier/sandbox/unique_fd.h"

namespace tesuji::verifier {
namespace {

// What programs, their run-times and their allocators need.
constexpr const char* kAllowed[] = {"read",
                                    "write",
                                    "readv",
                                    "writev",
                                    "pread64",
                                    "pwrite64",
                                    "preadv",
                                    "pwritev",
                                    "preadv2",
                                    "pwritev2",
                                    "open",
                                    "openat",
                                    "openat2",
                                    "creat",
                                    "close",
                                    "close_range",
                                    "lseek",
                                    "_llseek",
                                    "stat",
                                    "fstat",
                                    "lstat",
                                    "stat64",
                                    "fstat64",
                                    "lstat64",
                                    "newfstatat",
                                    "fstatat64",
                                    "statx",
                                    "statfs",
                                    "fstatfs",
                                    "access",
                                    "faccessat",
                                    "faccessat2",
                                    "readlink",
                                    "readlinkat",
                                    "getcwd",
                                    "chdir",
                                    "fchdir",
                                    "getdents",
                                    "getdents64",
                                    "mkdir",
                                    "mkdirat",
                                    "rmdir",
                                    "unlink",
                                    "unlinkat",
                                    "rename",
                                    "renameat",
                                    "renameat2",
                                    "link",
                                    "linkat",
                                    "symlink",
                                    "symlinkat",
                                    "truncate",
                                    "ftruncate",
                                    "fallocate",
                                    "fadvise64",
                                    "fsync",
                                    "fdatasync",
                                    "dup",
                                    "dup2",
                                    "dup3",
                                    "pipe",
                                    "pipe2",
                                    "fcntl",
                                    "fcntl64",
                                    "flock",
                                    "umask",
                                    "sendfile",
                                    "copy_file_range",
                                    "splice",
                                    "tee",
                                    "poll",
                                    "ppoll",
                                    "select",
                                    "_newselect",
                                    "pselect6",
                                    "epoll_create",
                                    "epoll_create1",
                                    "epoll_ctl",
                                    "epoll_wait",
                                    "epoll_pwait",
                                    "epoll_pwait2",
                                    "eventfd",
                                    "eventfd2",
                                    "mmap",
                                    "mmap2",
                                    "munmap",
                                    "mprotect",
                                    "mremap",
                                    "madvise",
                                    "brk",
                                    "msync",
                                    "mincore",
                                    "membarrier",
                                    "rt_sigaction",
                                    "rt_sigprocmask",
                                    "rt_sigreturn",
                                    "rt_sigpending",
                                    "rt_sigsuspend",
                                    "rt_sigtimedwait",
                                    "rt_sigqueueinfo",
                                    "rt_tgsigqueueinfo",
                                    "sigreturn",
                                    "sigaltstack",
                                    "signalfd",
                                    "signalfd4",
                                    "kill",
                                    "tgkill",
                                    "tkill",
                                    "pause",
                                    "getpid",
                                    "getppid",
                                    "gettid",
                                    "getuid",
                                    "geteuid",
                                    "getgid",
                                    "getegid",
                                    "getresuid",
                                    "getresgid",
                                    "getgroups",
                                    "getpgrp",
                                    "getpgid",
                                    "setpgid",
                                    "getsid",
                                    "setsid",
                                    "capget",
                                    "getrlimit",
                                    "ugetrlimit",
                                    "setrlimit",
                                    "getrusage",
                                    "times",
                                    "sysinfo",
                                    "uname",
                                    "gettimeofday",
                                    "time",
                                    "clock_gettime",
                                    "clock_gettime64",
                                    "clock_getres",
                                    "clock_nanosleep",
                                    "nanosleep",
                                    "alarm",
                                    "setitimer",
                                    "getitimer",
                                    "timer_create",
                                    "timer_settime",
                                    "timer_gettime",
                                    "timer_getoverrun",
                                    "timer_delete",
                                    "timerfd_create",
                                    "timerfd_settime",
                                    "timerfd_gettime",
                                    "futex",
                                    "set_robust_list",
                                    "get_robust_list",
                                    "set_tid_address",
                                    "set_thread_area",
                                    "arch_prctl",
                                    "rseq",
                                    "restart_syscall",
                                    "sched_yield",
                                    "sched_getaffinity",
                                    "sched_getparam",
                                    "sched_getscheduler",
                                    "sched_getattr",
                                    "ioprio_get",
                                    "sched_get_priority_max",
                                    "sched_get_priority_min",
                                    "getpriority",
                                    "getcpu",
                                    "getrandom",
                                    "exit",
                                    "exit_group",
                                    "wait4",
                                    "waitid",
                                    "waitpid",
                                    "fork",
                                    "vfork",
                                    "execve",
                                    "execveat",
                                    "prctl"};

// Compilers set modes and times of what they write; programs have no business to.
constexpr const char* kToolOnly[] = {"chmod",  "fchmod",    "fchmodat",    "fchmodat2", "utime",
                                     "utimes", "utimensat", "futimesat",   "chown",     "fchown",
                                     "lchown", "fchownat",  "memfd_create"};

// Wishes about processors, priorities and placement of memory. They are answered with success and
// have no effect: the limits are the judge's.
constexpr const char* kIgnored[] = {"sched_setaffinity",
                                    "sched_setscheduler",
                                    "sched_setparam",
                                    "sched_setattr",
                                    "setpriority",
                                    "ioprio_set",
                                    "mlock",
                                    "mlock2",
                                    "mlockall",
                                    "munlock",
                                    "munlockall",
                                    "mbind",
                                    "set_mempolicy",
                                    "set_mempolicy_home_node"};

// "This kernel does not have it": run-times then do without.
constexpr const char* kUnknown[] = {"clone3", "get_mempolicy", "move_pages", "migrate_pages"};

// Sockets are refused but for a connected pair, which reaches nobody else. Descriptors cannot be
// sent: that takes sendmsg.
constexpr const char* kPair[] = {"recvfrom", "shutdown", "getsockname", "getpeername",
                                 "getsockopt"};

// Never made by an honest program: ending it at once leaves the clearest evidence.
constexpr const char* kFatal[] = {"ptrace",
                                  "process_vm_readv",
                                  "process_vm_writev",
                                  "process_madvise",
                                  "pidfd_open",
                                  "pidfd_getfd",
                                  "pidfd_send_signal",
                                  "kcmp",
                                  "mount",
                                  "umount",
                                  "umount2",
                                  "pivot_root",
                                  "chroot",
                                  "move_mount",
                                  "open_tree",
                                  "fsopen",
                                  "fsconfig",
                                  "fsmount",
                                  "fspick",
                                  "mount_setattr",
                                  "unshare",
                                  "setns",
                                  "bpf",
                                  "perf_event_open",
                                  "keyctl",
                                  "add_key",
                                  "request_key",
                                  "io_uring_setup",
                                  "io_uring_enter",
                                  "io_uring_register",
                                  "userfaultfd",
                                  "kexec_load",
                                  "kexec_file_load",
                                  "init_module",
                                  "finit_module",
                                  "delete_module",
                                  "reboot",
                                  "swapon",
                                  "swapoff",
                                  "acct",
                                  "quotactl",
                                  "syslog",
                                  "name_to_handle_at",
                                  "open_by_handle_at",
                                  "fanotify_init",
                                  "fanotify_mark",
                                  "lookup_dcookie",
                                  "modify_ldt",
                                  "iopl",
                                  "ioperm",
                                  "vm86",
                                  "settimeofday",
                                  "clock_settime",
                                  "clock_adjtime",
                                  "adjtimex",
                                  "sethostname",
                                  "setdomainname",
                                  "mknod",
                                  "mknodat",
                                  "vhangup",
                                  "nfsservctl",
                                  "uselib",
                                  "ustat",
                                  "sysfs",
                                  "_sysctl",
                                  "setuid",
                                  "setgid",
                                  "setreuid",
                                  "setregid",
                                  "setresuid",
                                  "setresgid",
                                  "setgroups",
                                  "setfsuid",
                                  "setfsgid",
                                  "capset"};

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM))) {
    if (context_ == nullptr) throw MachineError("libseccomp cannot make a filter");
    Check(seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }
  ~Filter() { seccomp_release(context_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  void Add(std::uint32_t action, const char* name) {
    const int call = seccomp_syscall_resolve_name(name);
    // A call this processor or libseccomp does not know is left to the default answer.
    if (call < 0) return;
    Check(seccomp_rule_add(context_, action, call, 0));
  }
  void AddIf(std::uint32_t action, const char* name, const struct scmp_arg_cmp& condition) {
    const int call = seccomp_syscall_resolve_name(name);
    if (call < 0) return;
    Check(seccomp_rule_add_array(context_, action, call, 1, &condition));
  }
  std::string Export() {
    UniqueFd file(memfd_create("seccomp", MFD_CLOEXEC));
    if (!file.valid()) throw MachineError("no memory file for the seccomp filter");
    Check(seccomp_export_bpf(context_, file.get()));
    auto bytes = ReadDescriptor(file.get(), 1 << 20);
    if (!bytes) throw MachineError("seccomp filter: " + bytes.error().message);
    return *bytes;
  }

 private:
  static void Check(int code) {
    if (code != 0) throw MachineError(fmt::format("libseccomp: {}", strerror(-code)));
  }
  scmp_filter_ctx context_;
};

}  // namespace

std::string MakeSeccompFilter(ContainerKind kind) {
  Filter filter;
  for (const char* name : kAllowed) filter.Add(SCMP_ACT_ALLOW, name);
  if (kind == ContainerKind::kTool) {
    for (const char* name : kToolOnly) filter.Add(SCMP_ACT_ALLOW, name);
  }
  for (const char* name : kPair) filter.Add(SCMP_ACT_ALLOW, name);
  filter.AddIf(SCMP_ACT_ALLOW, "socketpair", SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
  filter.AddIf(SCMP_ACT_ALLOW, "sendto", SCMP_A4(SCMP_CMP_EQ, 0));  // No address.
  for (const char* name : kIgnored) filter.Add(SCMP_ACT_ERRNO(0), name);
  for (const char* name : kUnknown) filter.Add(SCMP_ACT_ERRNO(ENOSYS), name);
  for (const char* name : kFatal) {
    // Build tools ask for process descriptors and do without them.
    const bool asks = kind == ContainerKind::kTool && std::strncmp(name, "pidfd_", 6) == 0;
    filter.Add(asks ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_KILL_PROCESS, name);
  }
  // Threads and processes, but no namespaces. clone3 hides its flags in memory where a filter
  // cannot look: "unknown" makes the C library fall back to clone.
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                        CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  filter.AddIf(SCMP_ACT_ALLOW, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, kNamespaces, 0));
  // Limits of itself only: process 1 is the same user, and limits taken from it would outlive the
  // run.
  filter.AddIf(SCMP_ACT_ALLOW, "prlimit64", SCMP_A0(SCMP_CMP_EQ, 0));
  filter.AddIf(SCMP_ACT_ALLOW, "personality", SCMP_A0(SCMP_CMP_EQ, 0xffffffff));
  constexpr std::array<std::uint64_t, 6> kIoctls = {TCGETS,  TIOCGWINSZ, FIONREAD,
                                                    FIONBIO, FIOCLEX,    FIONCLEX};
  for (const std::uint64_t request : kIoctls) {
    filter.AddIf(SCMP_ACT_ALLOW, "ioctl", SCMP_A1(SCMP_CMP_EQ, request));
  }
  return filter.Export();
}

}  // namespace tesuji::verifier
