// Programs that are started ahead of their run, while the container has nothing else to do.
//
// An interpreter needs some ten milliseconds before it opens the file that it is to run. Here it
// does that work early: it is started as for any run, with the same limits, privileges, filter and
// descriptors, but in its box lies a FIFO in place of that file. Opening a FIFO blocks until
// somebody writes to it, and nobody ever does. When the run comes, the real file takes the FIFO's
// name. The interpreter is then stopped and continued: the kernel starts its blocked call anew,
// which now finds the real file. An interpreter that has not come so far yet finds it at once.
// One that waits for long is stopped meanwhile.
//
// Such a program is used for one run, as any other, so nothing is left for the next. Its time
// counts from its start: what it used while it was started ahead is part of the run.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "verifier/sandbox/agent.h"
#include "verifier/sandbox/agent_use.h"

namespace tesuji::verifier::agent {
namespace {

bool HasEnded(pid_t pid) {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid == pid;
}

/// The run's own limits of the box, which was made before they were known.
bool ResizeBox(const Agent& agent, const wire::Request& request) {
  char options[128];
  snprintf(options, sizeof options, "size=%lld,nr_inodes=%lld",
           static_cast<long long>(request.box_bytes), static_cast<long long>(request.box_files));
  return mount("tmpfs", agent.box.c_str(), "tmpfs", MS_REMOUNT | MS_NOSUID | MS_NODEV, options) ==
         0;
}

/// The gate's file gets another name first, so that it is whole when it has its own.
bool AddFiles(const Agent& agent, const Job& job, std::string* last) {
  const std::string own = std::string(wire::kDescriptors) + ".gate";
  for (const Job::File& file : job.files) {
    Job::File one = file;
    if (file.mode == wire::kGate) {
      *last = agent.box + "/" + file.name;
      one.name = own.c_str() + agent.box.size() + 1;
    }
    if (!AddFile(agent, one)) return false;
  }
  return !last->empty();
}

/// Makes a call that blocks start anew.
void StopAndContinue(pid_t pid) {
  kill(pid, SIGSTOP);
  siginfo_t info = {};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
  kill(pid, SIGCONT);
}

}  // namespace

std::unique_ptr<Ahead> StartAhead(const Agent& agent, Job job, std::vector<char> packet) {
  auto ahead = std::make_unique<Ahead>();
  ahead->job = std::move(job);
  ahead->packet = std::move(packet);
  const bool made = agent.isolated && MakeBox(agent, &ahead->job) == wire::kStepNone;
  if (made) {
    wire::Reply reply;
    ahead->program = StartProgram(agent, ahead->job, &reply);
    if (ahead->program.runs) return ahead;
  }
  CloseStandard(&ahead->job);
  DropAhead(agent, *ahead);
  return nullptr;
}

bool ContinueAhead(const Agent& agent, Ahead& ahead, Job& job, wire::Reply* reply) {
  Program& program = ahead.program;
  std::string gate;
  if (HasEnded(program.pid) || !ResizeBox(agent, job.request) || !AddFiles(agent, job, &gate) ||
      !SetRunLimits(program.pid, job.request)) {
    return false;
  }
  // Starting is computing: it took about as long as it used the processor.
  reply->start_ns = Now() - program.meter->Look(program.pid).cpu_ns;
  const std::string own = std::string(wire::kDescriptors) + ".gate";
  if (rename(own.c_str(), gate.c_str()) != 0) return false;
  StopAndContinue(program.pid);
  return true;
}

void SuspendAhead(const Ahead& ahead) { kill(ahead.program.pid, SIGSTOP); }

void DropAhead(const Agent& agent, Ahead& ahead) {
  if (ahead.program.pid >= 0) EndProgram(agent, ahead.program);
  DropBox(agent, ahead.job);
}

}  // namespace tesuji::verifier::agent
