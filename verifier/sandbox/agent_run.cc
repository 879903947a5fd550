// Watching one program: time, memory and the judge's word, then killing all there is left.
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "verifier/sandbox/agent.h"
#include "verifier/sandbox/agent_use.h"

namespace tesuji::verifier::agent {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

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
bool ProgramEnded(pid_t program, UseMeter* meter, wire::Reply* reply) {
  for (;;) {
    siginfo_t info = {};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return false;
    if (info.si_pid == program) return true;
    int status = 0;
    std::int64_t peak = 0;
    if (meter->Reap(info.si_pid, &status, &peak)) ++reply->stray_processes;
    // The program may sit behind others in the list.
    siginfo_t own = {};
    if (waitid(P_PID, static_cast<id_t>(program), &own, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        own.si_pid == program) {
      return true;
    }
  }
}

/// How long the next look at the program may wait.
std::int64_t Patience(const wire::Request& request, const Use& use, std::int64_t elapsed_ns,
                      bool polls) {
  const std::int64_t cpu_left = (request.cpu_ns - use.cpu_ns) / 4 + kMillisecond;
  const std::int64_t wall_left = std::max<std::int64_t>(request.wall_ns - elapsed_ns, kMillisecond);
  std::int64_t wait =
      std::min({std::max(20 * kMillisecond, cpu_left), wall_left, 50 * kMillisecond});
  // Without control groups what is not seen in time is not seen at all.
  if (polls) wait = std::min(wait, use.restless ? kMillisecond / 4 : 2 * kMillisecond);
  if ((request.flags & wire::kHoldStandardIo) != 0) wait = std::min(wait, 5 * kMillisecond);
  return wait;
}

/// Waits this long; true when the program has ended meanwhile, or the judge wants its end.
bool WaitedForEnd(const Agent& agent, pid_t program, std::int64_t wait_ns, UseMeter* meter,
                  wire::Reply* reply) {
  struct pollfd polled[2] = {{agent.signals, POLLIN, 0}, {agent.control, POLLIN, 0}};
  const struct timespec timeout = {wait_ns / 1'000'000'000, wait_ns % 1'000'000'000};
  if (ppoll(polled, 2, &timeout, nullptr) < 0 && errno != EINTR) _exit(72);
  if ((polled[0].revents & POLLIN) != 0) {
    struct signalfd_siginfo info;
    (void)!read(agent.signals, &info, sizeof info);  // There is one at most.
  }
  if (ProgramEnded(program, meter, reply)) return true;
  if (polled[1].revents == 0) return false;
  char word = 0;
  const ssize_t got = recv(agent.control, &word, 1, MSG_DONTWAIT);
  if (got == 0) _exit(0);  // The judge is gone: take the whole container along.
  if (got == 1 && word == wire::kKill) reply->stop = wire::Stop::kCommand;
  return reply->stop == wire::Stop::kCommand;
}

/// Waits until the program ended or must be ended.
void Watch(const Agent& agent, Job& job, pid_t program, UseMeter* meter, wire::Reply* reply) {
  const wire::Request& request = job.request;
  const bool memory = (request.flags & wire::kWatchMemory) != 0;
  const bool polls = memory || agent.counter < 0;
  // A program that has just begun has used nothing: most have ended before the first look.
  Use use = {.restless = true};
  std::int64_t elapsed = 0;
  while (!WaitedForEnd(agent, program, Patience(request, use, elapsed, polls), meter, reply)) {
    elapsed = Now() - reply->start_ns;
    use = meter->Look(program);
    reply->peak_bytes = std::max(reply->peak_bytes, use.resident_bytes);
    if (use.cpu_ns > request.cpu_ns) reply->stop = wire::Stop::kCpu;
    if (memory && use.resident_bytes > request.memory_bytes) reply->stop = wire::Stop::kMemory;
    // Time spent waiting for a processor is the machine's, not the program's; bounded, so that a
    // program that always waits still ends.
    const std::int64_t queued =
        elapsed < request.wall_ns ? 0 : std::min(meter->Queued(), 8 * request.wall_ns);
    if (elapsed - queued > request.wall_ns) reply->stop = wire::Stop::kWall;
    if (reply->stop != wire::Stop::kNone) return;
    if ((request.flags & wire::kHoldStandardIo) != 0) ReleaseClosedPipes(agent, program, &job);
  }
}

/// Reaps the program first, so that its end is timed before its pipes close, then the rest.
void ReapAll(const Agent& agent, pid_t program, UseMeter* meter, wire::Reply* reply) {
  siginfo_t info = {};
  while (waitid(P_PID, static_cast<id_t>(program), &info, WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
  reply->end_ns = Now();
  int status = 0;
  std::int64_t peak = 0;
  if (meter->Reap(program, &status, &peak)) {
    reply->wait_status = status;
    reply->peak_bytes = std::max(reply->peak_bytes, peak);
  }
  if (agent.counter < 0) meter->Look(program);  // Who dies unwaited counts as seen now.
  KillEverything(agent, program);
  for (;;) {
    info = {};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | __WALL) != 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (meter->Reap(info.si_pid, &status, &peak)) ++reply->stray_processes;
    KillEverything(agent, program);
  }
  reply->cpu_ns = meter->Total();
}

/// Waits until the child has become the program, and takes what it noted; false when it never did.
bool AwaitDeparture(int report, const Departure& noted, wire::Reply* reply, UseMeter* meter) {
  char nothing = 0;
  while (read(report, &nothing, 1) < 0 && errno == EINTR) {
  }
  if (noted.now_ns != 0) {
    reply->start_ns = noted.now_ns;
    meter->Forgive(noted.cpu_ns);
    reply->exec_errno = noted.error;
    return noted.error == 0;
  }
  reply->start_ns = Now();
  reply->setup_step = noted.error != 0 ? noted.step : static_cast<std::int32_t>(wire::kStepFork);
  reply->setup_errno = noted.error != 0 ? noted.error : EINVAL;
  return false;
}

}  // namespace

Program StartProgram(const Agent& agent, Job& job, wire::Reply* reply) {
  Program program;
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    reply->setup_errno = errno;
    reply->setup_step = wire::kStepFork;
    return program;
  }
  program.meter = std::make_unique<UseMeter>(agent, (job.request.flags & wire::kWatchMemory) != 0);
  *agent.departure = {};
  program.pid = Fork(job.request.pid);
  if (program.pid == 0) BecomeProgram(agent, job, report[1]);
  close(report[1]);
  if (program.pid < 0) {
    reply->setup_errno = errno;
    reply->setup_step = wire::kStepFork;
  } else {
    if ((job.request.flags & wire::kHoldStandardIo) == 0) CloseStandard(&job);
    program.runs = AwaitDeparture(report[0], *agent.departure, reply, program.meter.get());
  }
  close(report[0]);
  return program;
}

void EndProgram(const Agent& agent, Program& program) {
  KillEverything(agent, program.pid);
  wire::Reply ignored;
  ReapAll(agent, program.pid, program.meter.get(), &ignored);
}

void FinishProgram(const Agent& agent, Job& job, Program& program, wire::Reply* reply) {
  if (program.runs) Watch(agent, job, program.pid, program.meter.get(), reply);
  if (reply->stop != wire::Stop::kNone) KillEverything(agent, program.pid);
  ReapAll(agent, program.pid, program.meter.get(), reply);
  reply->wall_ns = reply->end_ns - reply->start_ns;
  // Two clocks, which disagree by some tenths of a millisecond: one thread never has more CPU time
  // than wall time.
  if (reply->cpu_ns - reply->wall_ns < kMillisecond) {
    reply->wall_ns = std::max(reply->wall_ns, reply->cpu_ns);
  }
  CloseStandard(&job);
}

}  // namespace tesuji::verifier::agent
