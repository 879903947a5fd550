// The agent: process 1 of a container. It takes one request at a time from the judge, gives the
// program a fresh box, starts it without any privilege, watches it, and leaves nothing behind.
//
// A static program without exceptions or threads; it trusts the judge's socket and nothing that
// the program under test can reach. Any failure of its own is reported as such, or ends the
// container: never as a verdict on the program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "verifier/sandbox/wire.h"

namespace tesuji::verifier::agent {

/// A request with its strings and descriptors sorted out. Owns nothing; the loop closes `fds`.
struct Job {
  wire::Request request;
  std::vector<char*> argv;  ///< Ends with nullptr.
  std::vector<char*> envp;  ///< Ends with nullptr.
  struct File {
    char mode;  ///< wire::kPlainFile and the like.
    const char* name;
    int fd;
  };
  std::vector<File> files;
  std::vector<const char*> fetch;
  int program = -1;
  std::vector<int> standard;
  bool shows_proc = false;
};

/// What the child notes on its way, in memory that it shares with the agent until it becomes the
/// program.
struct Departure {
  std::int32_t step = wire::kStepNone;  ///< Which failed; kStepNone with an error: execve.
  std::int32_t error = 0;               ///< Its errno; 0: nothing failed.
  std::int64_t now_ns = 0;              ///< Right before it becomes the program; 0: not yet.
  std::int64_t cpu_ns = 0;              ///< Used until then.
};

/// What stays the same for the agent's whole life.
struct Agent {
  int control = -1;
  int proc = -1;     ///< A procfs directory the program cannot see; -1: none.
  int counter = -1;  ///< The control group's CPU time; -1: no group.
  int signals = -1;  ///< signalfd for SIGCHLD.
  Departure* departure = nullptr;
  bool isolated = true;
  std::string box = wire::kBox;
  std::vector<char> filter;  ///< sock_filter array; empty: none.
};

/// Opens procfs for ourselves and covers it; false with errno set when that fails.
bool HideProc(Agent* agent);
/// Mounts a procfs that shows the run's processes alone, and takes it away; false with errno set.
bool ShowProc();
bool UnshowProc();

/// Fresh box with the job's files, and /proc when the job wants it; 0 or the failing step with
/// errno set.
int MakeBox(const Agent& agent, Job* job);
/// Hands back regular files; descriptors are appended to `out`.
void FetchFiles(const Agent& agent, const Job& job, wire::Reply* reply, std::vector<int>* out);
/// Throws the box away, whatever is in it, and /proc.
void DropBox(const Agent& agent, const Job& job);

/// Sets the limits that a run may change after the program's start; `pid` 0: the caller's own.
bool SetRunLimits(pid_t pid, const wire::Request& request);
/// Becomes the program, and notes its departure. `report` closes when it has, or when it exits
/// because something failed.
[[noreturn]] void BecomeProgram(const Agent& agent, const Job& job, int report);

/// Puts a file into the box, with its folders; false with errno set. What has no descriptor is an
/// empty folder, or a gate: a FIFO, at which the program waits when it opens it.
bool AddFile(const Agent& agent, const Job::File& file);

class UseMeter;

/// A program's process. `runs` is false when it never became the program; the reply then says why.
struct Program {
  pid_t pid = -1;  ///< -1: there is no process.
  bool runs = false;
  std::unique_ptr<UseMeter> meter;
};

/// Starts a program. Closes the job's standard descriptors unless they are to be held.
Program StartProgram(const Agent& agent, Job& job, wire::Reply* reply);
/// Watches a program and ends it and all it left; fills everything of `reply` but the fetched
/// files.
void FinishProgram(const Agent& agent, Job& job, Program& program, wire::Reply* reply);
/// Ends all processes of the container but the agent, whatever they do.
void EndProgram(const Agent& agent, Program& program);

/// A program that was started ahead of its run and waits at its gate, with its box.
struct Ahead {
  Job job;
  std::vector<char> packet;  ///< The job's strings.
  Program program;
};

/// Starts one; null when that fails: the next run then starts in the ordinary way.
std::unique_ptr<Ahead> StartAhead(const Agent& agent, Job job, std::vector<char> packet);
/// Hands over the files and limits of `job` and lets the program go on; false when it is gone.
bool ContinueAhead(const Agent& agent, Ahead& ahead, Job& job, wire::Reply* reply);
/// Stops it until its run comes: run-times with threads of their own use time while they wait.
void SuspendAhead(const Ahead& ahead);
/// Ends it and throws its box away.
void DropAhead(const Agent& agent, Ahead& ahead);

/// Closes our copies of the job's standard descriptors; -1 stands for what is closed.
void CloseStandard(Job* job);
/// Closes our copy of each pipe that the program could write to and whose ends no process of the
/// run has any more, unless the program is ending: then its end must be recorded first.
void ReleaseClosedPipes(const Agent& agent, pid_t program, Job* job);

/// Mounts what the child alone can: its own descriptors at /dev/fd, and /proc when the job wants
/// it. Runs in the child, which is then in a tree of mounts of its own if it has /proc. 0 or the
/// step.
int MountForProgram(const Agent& agent, const Job& job);

}  // namespace tesuji::verifier::agent
