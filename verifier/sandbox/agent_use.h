// What the processes of one run use: CPU time and memory, now and in sum, counting also children
// that nobody waits for.
//
// With a control group its counter says what all of them used. Without one the agent looks at every
// process in procfs: those that it reaps tell what they and the children they waited for used; of
// those that vanish in another way the highest that was seen counts. Time is never counted twice,
// so an honest program is never charged too much.
// One object a run; not thread-safe. Failure: what cannot be read counts as 0.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "verifier/sandbox/agent.h"

namespace tesuji::verifier::agent {

/// CLOCK_MONOTONIC_RAW: it runs at the rate of the scheduler's clock, so that one thread never has
/// more CPU time than wall time.
std::int64_t Now();
/// CPU time of all threads of a process; 0 when there is none.
std::int64_t CpuOf(pid_t pid);
/// Reads a small file of process `pid` in procfs; false when it cannot.
bool ReadProc(const Agent& agent, pid_t pid, const char* name, char* out, std::size_t size);
/// Process ids in the container but the agent's.
std::vector<pid_t> Processes(const Agent& agent);

struct Use {
  std::int64_t cpu_ns = 0;
  std::int64_t resident_bytes = 0;
  bool restless = false;  ///< Processes come or go: look again soon.
};

class UseMeter {
 public:
  /// Make it right before the program's process is forked. `memory`: resident memory is wanted.
  UseMeter(const Agent& agent, bool memory);
  /// What the program's process had used before it became the program, which does not count.
  void Forgive(std::int64_t cpu_ns) { forgiven_ns_ = cpu_ns; }
  /// Everything of the run, right now.
  Use Look(pid_t program);
  /// Reaps `pid`, which must have ended; false when it cannot be. Resident peak in bytes.
  bool Reap(pid_t pid, int* status, std::int64_t* peak_bytes);
  /// CPU time of the run; call it when no process is left.
  std::int64_t Total();
  /// How long the run's processes waited for a processor, as far as they were seen.
  std::int64_t Queued() const;

 private:
  struct Seen {
    pid_t pid;
    std::int64_t cpu_ns;
    std::int64_t queued_ns;
    bool alive;
  };
  std::int64_t GroupNow() const;
  void Note(const Seen& now);
  /// Takes it out of the table.
  void Forget(pid_t pid);

  const Agent& agent_;
  const bool memory_;
  const bool scan_;  ///< No counter: every process must be looked at.
  std::int64_t group_start_ns_ = 0;
  std::int64_t forgiven_ns_ = 0;
  std::int64_t reaped_ns_ = 0;    ///< What reaped processes and those they waited for used.
  std::int64_t waited_ns_ = 0;    ///< Of that, the part of those they waited for.
  std::int64_t queued_ns_ = 0;    ///< Of processes that are gone.
  std::int64_t vanished_ns_ = 0;  ///< Highest seen of processes that the agent did not reap.
  long last_pid_ = 0;
  long first_sockets_ = 0;
  std::vector<Seen> seen_;
};

}  // namespace tesuji::verifier::agent
