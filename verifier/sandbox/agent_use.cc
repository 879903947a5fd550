#include "verifier/sandbox/agent_use.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace tesuji::verifier::agent {
namespace {

/// Below this the group's counter and the processes' own agree as well as they can.
constexpr std::int64_t kNoiseNs = 500'000;
/// More address space than this, and page tables may be what fills the memory.
constexpr std::int64_t kLargeSpace = 4LL << 30;
/// What may lie unread in a socket.
constexpr std::int64_t kSocketBytes = 208 << 10;

std::int64_t Clock(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return 0;
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

/// CPU time of children that `pid` waited for, in whole clock ticks.
std::int64_t WaitedBy(const Agent& agent, pid_t pid) {
  char text[512];
  if (!ReadProc(agent, pid, "stat", text, sizeof text)) return 0;
  const char* rest = strrchr(text, ')');  // A program's name may hold anything.
  unsigned long user = 0;
  unsigned long system = 0;
  if (rest == nullptr ||
      sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %lu %lu", &user,
             &system) != 2) {
    return 0;
  }
  return static_cast<std::int64_t>(user + system) * (1'000'000'000 / sysconf(_SC_CLK_TCK));
}

std::int64_t MemoryOf(const Agent& agent, pid_t pid) {
  char text[4096];
  long long size = 0;
  long long resident = 0;
  if (!ReadProc(agent, pid, "statm", text, sizeof text) ||
      sscanf(text, "%lld %lld", &size, &resident) != 2) {
    return 0;
  }
  std::int64_t bytes = resident * 4096;
  // Reading memory that was never written costs page tables only.
  if (size * 4096 > kLargeSpace && ReadProc(agent, pid, "status", text, sizeof text)) {
    long long kib = 0;
    const char* line = strstr(text, "\nVmPTE:");
    if (line != nullptr && sscanf(line + 7, "%lld", &kib) == 1) bytes += kib * 1024;
  }
  return bytes;
}

std::int64_t QueuedOf(const Agent& agent, pid_t pid) {
  char text[128];
  long long ran = 0;
  long long queued = 0;
  if (!ReadProc(agent, pid, "schedstat", text, sizeof text)) return 0;
  return sscanf(text, "%lld %lld", &ran, &queued) == 2 ? queued : 0;
}

/// The number behind `key` in a small file of procfs; 0 when the kernel does not tell.
long ReadNumber(const Agent& agent, const char* name, const char* key) {
  char text[256] = {};
  const int fd = openat(agent.proc, name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  (void)!read(fd, text, sizeof text - 1);
  close(fd);
  const char* at = strstr(text, key);
  return at == nullptr ? 0 : atol(at + strlen(key));
}

/// The process id given out last in this container.
long LastPid(const Agent& agent) { return ReadNumber(agent, "sys/kernel/ns_last_pid", ""); }

/// Sockets in this container's network namespace.
long Sockets(const Agent& agent) {
  return ReadNumber(agent, "self/net/sockstat", "sockets: used ");
}

}  // namespace

std::int64_t Now() { return Clock(CLOCK_MONOTONIC_RAW); }

std::int64_t CpuOf(pid_t pid) {
  clockid_t clock;
  return clock_getcpuclockid(pid, &clock) == 0 ? Clock(clock) : 0;
}

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

std::vector<pid_t> Processes(const Agent& agent) {
  std::vector<pid_t> pids;
  const int copy =
      agent.proc < 0 ? -1 : openat(agent.proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* folder = copy < 0 ? nullptr : fdopendir(copy);
  if (folder == nullptr) return pids;
  while (const struct dirent* entry = readdir(folder)) {
    const pid_t pid = atoi(entry->d_name);
    if (pid > 1) pids.push_back(pid);
  }
  closedir(folder);
  return pids;
}

UseMeter::UseMeter(const Agent& agent, bool memory)
    : agent_(agent), memory_(memory), scan_(agent.counter < 0) {
  group_start_ns_ = GroupNow();
  if (scan_ && agent.isolated) last_pid_ = LastPid(agent);
  if (memory_ && agent.isolated) first_sockets_ = Sockets(agent);
}

/// The group's counter without what the agent itself used. Asking for our own time first brings the
/// counter up to date.
std::int64_t UseMeter::GroupNow() const {
  if (agent_.counter < 0) return 0;
  const std::int64_t own = Clock(CLOCK_PROCESS_CPUTIME_ID);
  char text[256];
  const ssize_t got = pread(agent_.counter, text, sizeof text - 1, 0);
  if (got <= 0) return 0;
  text[got] = 0;
  const char* micro = strstr(text, "usage_usec ");  // Version 2; a bare number is version 1.
  return (micro != nullptr ? atoll(micro + 11) * 1000 : atoll(text)) - own;
}

void UseMeter::Note(const Seen& now) {
  for (Seen& seen : seen_) {
    if (seen.pid != now.pid) continue;
    // Less than before: another process has this number now.
    if (now.cpu_ns < seen.cpu_ns) {
      vanished_ns_ += seen.cpu_ns;
      queued_ns_ += seen.queued_ns;
    }
    seen = now;
    return;
  }
  seen_.push_back(now);
}

void UseMeter::Forget(pid_t pid) {
  std::erase_if(seen_, [&](const Seen& seen) {
    if (seen.pid == pid) queued_ns_ += seen.queued_ns;
    return seen.pid == pid;
  });
}

Use UseMeter::Look(pid_t program) {
  Use use;
  const std::vector<pid_t> pids =
      agent_.isolated && agent_.proc >= 0 ? Processes(agent_) : std::vector<pid_t>{program};
  const std::size_t before = seen_.size();
  std::int64_t waited = 0;
  std::int64_t waited_at_most = 0;
  const std::int64_t tick = 1'000'000'000 / sysconf(_SC_CLK_TCK);
  for (Seen& seen : seen_) seen.alive = false;
  for (const pid_t pid : pids) {
    Note({pid, CpuOf(pid), QueuedOf(agent_, pid), true});
    if (memory_) use.resident_bytes += MemoryOf(agent_, pid);
    if (!scan_ || (seen_.size() < 2 && vanished_ns_ == 0)) continue;  // No children yet.
    const std::int64_t ticks = WaitedBy(agent_, pid);
    waited += ticks;
    waited_at_most += ticks + 2 * tick;  // User and system time are each rounded down.
  }
  if (memory_ && agent_.isolated) {
    use.resident_bytes += std::max(0L, Sockets(agent_) - first_sockets_) * kSocketBytes;
  }
  std::int64_t living = 0;
  for (const Seen& seen : seen_) {
    (seen.alive ? living : vanished_ns_) += seen.cpu_ns;
    if (!seen.alive) queued_ns_ += seen.queued_ns;
  }
  std::erase_if(seen_, [](const Seen& seen) { return !seen.alive; });
  use.cpu_ns = reaped_ns_ + living + waited - forgiven_ns_ +
               std::max<std::int64_t>(0, vanished_ns_ - waited_ns_ - waited_at_most);
  if (!scan_) use.cpu_ns = std::max(use.cpu_ns, GroupNow() - group_start_ns_ - forgiven_ns_);
  const long last = scan_ && agent_.isolated ? LastPid(agent_) : 0;
  use.restless = last != last_pid_ || seen_.size() != before;
  last_pid_ = last;
  return use;
}

bool UseMeter::Reap(pid_t pid, int* status, std::int64_t* peak_bytes) {
  const std::int64_t own = CpuOf(pid);
  struct rusage usage;
  pid_t got = 0;
  while ((got = wait4(pid, status, __WALL, &usage)) < 0 && errno == EINTR) {
  }
  if (got != pid) return false;
  const std::int64_t all = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000'000LL +
                           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1'000LL;
  reaped_ns_ += all;
  waited_ns_ += std::max<std::int64_t>(0, all - own);
  *peak_bytes = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
  Forget(pid);
  return true;
}

std::int64_t UseMeter::Total() {
  for (const Seen& seen : seen_) vanished_ns_ += seen.cpu_ns;
  seen_.clear();
  std::int64_t sum = reaped_ns_ + std::max<std::int64_t>(0, vanished_ns_ - waited_ns_);
  if (agent_.counter >= 0) {
    const std::int64_t group = GroupNow() - group_start_ns_;
    if (group > sum + kNoiseNs) sum = group;
  }
  return std::max<std::int64_t>(0, sum - forgiven_ns_);
}

std::int64_t UseMeter::Queued() const {
  std::int64_t sum = queued_ns_;
  for (const Seen& seen : seen_) sum += seen.queued_ns;
  return sum;
}

}  // namespace tesuji::verifier::agent
