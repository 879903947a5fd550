// Watching one program: time, memory and the judge's word, then killing all there is left and
// adding up what it used.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "verifier/sandbox/agent.h"

namespace tesuji::verifier::agent {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

std::int64_t Now() {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::int64_t CpuOf(const struct rusage& usage) {
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000'000LL +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1'000LL;
}

std::int64_t CpuNow(pid_t pid) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

/// Reads a small file of process `pid` in procfs; "" when it cannot.
bool ReadProc(const Agent& agent, pid_t pid, const char* name, char* out, std::size_t size) {
  if (agent.proc < 0) return false;
  char path[64];
  snprintf(path, sizeof path, "%d/%s", pid, name);
  const int fd = openat(agent.proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const ssize_t got = read(fd, out, size - 1);
  close(fd);
  out[got > 0 ? got : 0] = 0;
  return got > 0;
}

std::int64_t QueuedTime(const Agent& agent, pid_t pid) {
  char text[128];
  long long ran = 0;
  long long queued = 0;
  if (!ReadProc(agent, pid, "schedstat", text, sizeof text)) return 0;
  return sscanf(text, "%lld %lld", &ran, &queued) == 2 ? queued : 0;
}

struct Use {
  std::int64_t cpu_ns = 0;
  std::int64_t resident_bytes = 0;
};

/// Everything in the container but the agent itself, right now.
Use UseNow(const Agent& agent, pid_t program, bool memory) {
  Use use;
  if (!agent.isolated || agent.proc < 0) {
    use.cpu_ns = CpuNow(program);
  }
  const int copy =
      agent.proc < 0 ? -1 : openat(agent.proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* folder = copy < 0 ? nullptr : fdopendir(copy);
  if (folder == nullptr) return use;
  while (const struct dirent* entry = readdir(folder)) {
    const pid_t pid = atoi(entry->d_name);
    if (pid <= 1 || (!agent.isolated && pid != program)) continue;
    if (agent.isolated) use.cpu_ns += CpuNow(pid);
    if (!memory) continue;
    char text[128];
    long long size = 0;
    long long resident = 0;
    if (ReadProc(agent, pid, "statm", text, sizeof text) &&
        sscanf(text, "%lld %lld", &size, &resident) == 2) {
      use.resident_bytes += resident * 4096;
    }
  }
  closedir(folder);
  return use;
}

void KillEverything(const Agent& agent, pid_t program) {
  if (agent.isolated && getpid() == 1) {
    kill(-1, SIGKILL);  // Process 1 of its own pid namespace: all but ourselves, at once.
  } else {
    kill(-program, SIGKILL);
    kill(program, SIGKILL);
  }
}

pid_t Fork(std::int32_t wanted) {
  if (wanted > 0) {
    pid_t ids[1] = {wanted};
    struct clone_args args = {};
    args.exit_signal = SIGCHLD;
    args.set_tid = reinterpret_cast<std::uint64_t>(ids);
    args.set_tid_size = 1;
    const pid_t pid = static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof args));
    if (pid >= 0 || (errno != EPERM && errno != ENOSYS && errno != EEXIST)) return pid;
  }
  return fork();
}

/// Reaps strays that ended while the program goes on; true once the program itself has ended.
bool ProgramEnded(const Agent&, pid_t program, wire::Reply* reply) {
  for (;;) {
    siginfo_t info = {};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return false;
    if (info.si_pid == program) return true;
    struct rusage usage;
    if (wait4(info.si_pid, nullptr, WNOHANG, &usage) > 0) {
      reply->cpu_ns += CpuOf(usage);
      ++reply->stray_processes;
    }
    // The program may sit behind others in the list.
    siginfo_t own = {};
    if (waitid(P_PID, static_cast<id_t>(program), &own, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        own.si_pid == program) {
      return true;
    }
  }
}

/// Waits until the program ended or must be ended.
void Watch(const Agent& agent, const Job& job, pid_t program, wire::Reply* reply) {
  const wire::Request& request = job.request;
  const bool memory = (request.flags & wire::kWatchMemory) != 0;
  const std::int64_t longest = memory ? 2 * kMillisecond : 20 * kMillisecond;
  for (;;) {
    const std::int64_t elapsed = Now() - reply->start_ns;
    const Use use = UseNow(agent, program, memory);
    reply->peak_bytes = std::max(reply->peak_bytes, use.resident_bytes);
    if (use.cpu_ns + reply->cpu_ns > request.cpu_ns) reply->stop = wire::Stop::kCpu;
    if (memory && use.resident_bytes > request.memory_bytes) reply->stop = wire::Stop::kMemory;
    // Time spent waiting for a processor is the machine's, not the program's; bounded, so that a
    // program that always waits still ends.
    const std::int64_t queued =
        elapsed < request.wall_ns ? 0 : std::min(QueuedTime(agent, program), 8 * request.wall_ns);
    if (elapsed - queued > request.wall_ns) reply->stop = wire::Stop::kWall;
    if (reply->stop != wire::Stop::kNone) return;

    const std::int64_t cpu_left = (request.cpu_ns - use.cpu_ns) / 4 + kMillisecond;
    const std::int64_t wall_left = std::max<std::int64_t>(request.wall_ns - elapsed, kMillisecond);
    std::int64_t wait = std::min({std::max(longest, cpu_left), wall_left, 50 * kMillisecond});
    if (memory) wait = std::min(wait, longest);
    struct pollfd polled[2] = {{agent.signals, POLLIN, 0}, {agent.control, POLLIN, 0}};
    const struct timespec timeout = {wait / 1'000'000'000, wait % 1'000'000'000};
    if (ppoll(polled, 2, &timeout, nullptr) < 0 && errno != EINTR) _exit(72);
    if ((polled[0].revents & POLLIN) != 0) {
      struct signalfd_siginfo info;
      while (read(agent.signals, &info, sizeof info) > 0) {
      }
    }
    if (ProgramEnded(agent, program, reply)) return;
    if (polled[1].revents != 0) {
      char word = 0;
      const ssize_t got = recv(agent.control, &word, 1, MSG_DONTWAIT);
      if (got == 0) _exit(0);  // The judge is gone: take the whole container along.
      if (got == 1 && word == wire::kKill) {
        reply->stop = wire::Stop::kCommand;
        return;
      }
    }
  }
}

/// Reaps the program first, so that its end is timed before its pipes close, then the rest.
void ReapAll(const Agent& agent, pid_t program, wire::Reply* reply) {
  struct rusage usage;
  pid_t got = 0;
  int status = 0;
  while ((got = wait4(program, &status, 0, &usage)) < 0 && errno == EINTR) {
  }
  reply->end_ns = Now();
  if (got == program) {
    reply->wait_status = status;
    reply->cpu_ns += CpuOf(usage);
    reply->peak_bytes =
        std::max(reply->peak_bytes, static_cast<std::int64_t>(usage.ru_maxrss) * 1024);
  }
  KillEverything(agent, program);
  while ((got = wait4(-1, nullptr, __WALL, &usage)) > 0 || (got < 0 && errno == EINTR)) {
    if (got < 0) continue;
    reply->cpu_ns += CpuOf(usage);
    ++reply->stray_processes;
    KillEverything(agent, program);
  }
}

}  // namespace

void RunProgram(const Agent& agent, const Job& job, wire::Reply* reply) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    reply->setup_errno = errno;
    reply->setup_step = wire::kStepFork;
    return;
  }
  reply->start_ns = Now();
  const pid_t program = Fork(job.request.pid);
  if (program == 0) BecomeProgram(agent, job, report[1]);
  close(report[1]);
  if (program < 0) {
    reply->setup_errno = errno;
    reply->setup_step = wire::kStepFork;
    close(report[0]);
    return;
  }
  if ((job.request.flags & wire::kHoldStandardIo) == 0) {
    for (const int fd : job.standard) close(fd);
  }
  int failure[2] = {0, 0};
  const ssize_t got = read(report[0], failure, sizeof failure);
  close(report[0]);
  reply->start_ns = Now();
  if (got == sizeof failure) {
    if (failure[0] == wire::kStepNone) {
      reply->exec_errno = failure[1];
    } else {
      reply->setup_step = failure[0];
      reply->setup_errno = failure[1] != 0 ? failure[1] : EINVAL;
    }
  } else {
    Watch(agent, job, program, reply);
  }
  reply->queued_ns = QueuedTime(agent, program);
  if (reply->stop != wire::Stop::kNone) KillEverything(agent, program);
  ReapAll(agent, program, reply);
  reply->wall_ns = reply->end_ns - reply->start_ns;
  if ((job.request.flags & wire::kHoldStandardIo) != 0) {
    for (const int fd : job.standard) close(fd);
  }
}

}  // namespace tesuji::verifier::agent
