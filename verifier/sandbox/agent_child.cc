// The way from the agent's fork to the program's first instruction: descriptors, limits,
// privileges, seccomp, exec, in the order in which each still can be done.
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "verifier/sandbox/agent.h"
#include "verifier/sandbox/agent_use.h"

namespace tesuji::verifier::agent {
namespace {

[[noreturn]] void GiveUp(const Agent& agent, int step) {
  agent.departure->step = step;
  agent.departure->error = errno != 0 ? errno : EINVAL;
  _exit(71);
}

/// From here on it is the program's time.
void SayGoodbye(const Agent& agent) {
  struct timespec used = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  agent.departure->cpu_ns = used.tv_sec * 1'000'000'000LL + used.tv_nsec;
  agent.departure->now_ns = Now();
}

bool Limit(pid_t pid, int resource, std::int64_t value) {
  struct rlimit limit;
  limit.rlim_cur = limit.rlim_max = value < 0 ? RLIM_INFINITY : static_cast<rlim_t>(value);
  const auto which = static_cast<__rlimit_resource>(resource);
  if (prlimit(pid, which, &limit, nullptr) == 0) return true;
  // The outer limit may be lower already and cannot be raised: it then holds in place of ours.
  struct rlimit outer;
  return errno == EPERM && prlimit(pid, which, nullptr, &outer) == 0 &&
         outer.rlim_max < limit.rlim_max;
}

/// What holds from the program's start on.
bool SetFirstLimits(const wire::Request& request) {
  return Limit(0, RLIMIT_CORE, 0) && Limit(0, RLIMIT_AS, -1) &&
         Limit(0, RLIMIT_STACK, request.stack_bytes) && Limit(0, RLIMIT_MEMLOCK, 0) &&
         Limit(0, RLIMIT_MSGQUEUE, 0) && Limit(0, RLIMIT_SIGPENDING, 256) &&
         Limit(0, RLIMIT_NICE, 0) && Limit(0, RLIMIT_RTPRIO, 0);
}

/// Moves the standard descriptors to 0, 1, 2, … and `report` out of their way.
bool PlaceDescriptors(const Job& job, int* report, int* program) {
  const int count = static_cast<int>(job.standard.size());
  // Everything first goes above the range that is to be filled.
  int high = 64;
  std::vector<int> moved(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    moved[static_cast<std::size_t>(i)] =
        fcntl(job.standard[static_cast<std::size_t>(i)], F_DUPFD_CLOEXEC, high);
    if (moved[static_cast<std::size_t>(i)] < 0) return false;
  }
  *report = fcntl(*report, F_DUPFD_CLOEXEC, high);
  if (*report < 0) return false;
  if (*program >= 0 && (*program = fcntl(*program, F_DUPFD_CLOEXEC, high)) < 0) return false;
  for (int i = 0; i < count; ++i) {
    if (dup2(moved[static_cast<std::size_t>(i)], i) < 0) return false;
  }
  return syscall(SYS_close_range, count, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

bool DropPrivileges(bool isolated) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (!isolated) return true;
  for (int capability = 0; capability <= 63; ++capability) {
    // Few are there; asking is cheaper than dropping what is not.
    const int there = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (there < 0) break;  // Beyond the kernel's last one.
    if (there > 0 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return false;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {};
  return syscall(SYS_capset, &header, data) == 0;
}

}  // namespace

bool SetRunLimits(pid_t pid, const wire::Request& request) {
  const std::int64_t cpu_seconds = request.cpu_ns / 1'000'000'000 + 2;
  // One process more: the agent itself counts in the container's user namespace.
  return Limit(pid, RLIMIT_CPU, cpu_seconds) && Limit(pid, RLIMIT_FSIZE, request.file_bytes) &&
         Limit(pid, RLIMIT_NOFILE, request.descriptors) &&
         Limit(pid, RLIMIT_NPROC, request.processes + 1);
}

void BecomeProgram(const Agent& agent, const Job& job, int report) {
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (agent.proc >= 0) {  // When memory runs out, the kernel shall take the program, not us.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // Without it our own entry in procfs is not ours.
    const int adjust = openat(agent.proc, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (adjust >= 0) {
      (void)!write(adjust, "1000", 4);
      close(adjust);
    }
  }
  // Before the agent's own descriptors are overwritten.
  if (const int step = MountForProgram(agent, job); step != wire::kStepNone) GiveUp(agent, step);
  int program = job.program;
  if (!PlaceDescriptors(job, &report, &program)) GiveUp(agent, wire::kStepDescriptors);
  if (chdir(agent.box.c_str()) != 0) GiveUp(agent, wire::kStepFiles);
  umask(022);
  if ((job.request.flags & wire::kNoAddressRandom) != 0) personality(ADDR_NO_RANDOMIZE);
  if (!SetFirstLimits(job.request)) GiveUp(agent, wire::kStepLimits);
  const bool ahead = (job.request.flags & wire::kStartAhead) != 0;
  if (!ahead && !SetRunLimits(0, job.request)) GiveUp(agent, wire::kStepLimits);
  if (!DropPrivileges(agent.isolated)) GiveUp(agent, wire::kStepPrivileges);
  if (!agent.filter.empty()) {
    struct sock_fprog filter;
    filter.len = static_cast<unsigned short>(agent.filter.size() / sizeof(struct sock_filter));
    filter.filter = reinterpret_cast<struct sock_filter*>(const_cast<char*>(agent.filter.data()));
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
      GiveUp(agent, wire::kStepSeccomp);
    }
  }
  SayGoodbye(agent);
  if (program >= 0) {
    syscall(SYS_execveat, program, "", job.argv.data(), job.envp.data(), AT_EMPTY_PATH);
  } else {
    execve(job.argv[0], job.argv.data(), job.envp.data());
  }
  GiveUp(agent, wire::kStepNone);
}

}  // namespace tesuji::verifier::agent
