// A persistent container: namespaces made once by bubblewrap with our agent as process 1 inside.
// Each run gets a fresh box; between runs nothing is left. A container that fails in any way is
// broken for good: throw it away and start another.
// It also ends with the thread that started it (the kernel's parent-death signal): start containers
// on threads that live as long as they shall.
// After a program that allows it (RunSpec::gate), the next one of the same kind is started ahead of
// its run, so that the run does not wait for the interpreter. It serves one run or none.
// Thread-safety: one thread at a time; Cancel() may be called from any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/sandbox/run.h"
#include "verifier/sandbox/sandbox.h"

namespace tesuji::verifier {

class Container {
 public:
  /// `number` tells containers of one judge apart (user ids, names). Fails when the machine does
  /// not let us.
  static Result<std::unique_ptr<Container>> Start(std::shared_ptr<const Sandbox> sandbox,
                                                  ContainerKind kind, int number,
                                                  const std::vector<Mount>& mounts);
  ~Container();
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  /// Blocks until the program ended. Never throws for what the program does.
  RunResult Run(const RunSpec& spec);
  /// Ends the run that is going on, if any, with Ending::kCancelled.
  void Cancel();
  bool broken() const { return broken_; }
  /// Process id of the container's outermost process on this machine; for fault tests.
  pid_t outer_pid() const { return outer_; }

 private:
  Container(std::shared_ptr<const Sandbox> sandbox, ContainerKind kind)
      : sandbox_(std::move(sandbox)), kind_(kind) {}
  Status Launch(int number, const std::vector<Mount>& mounts);
  std::vector<std::string> BubblewrapArguments(const std::vector<Mount>& mounts) const;
  /// `flags` of wire.h besides those that the spec asks for; `standard` become 0, 1, 2, …
  bool SendRequest(const RunSpec& spec, unsigned flags, std::vector<int> standard);
  enum class Outcome { kFailed, kRan, kNothingRan };
  /// Reads output and waits for the reply.
  Outcome Converse(const RunSpec& spec, UniqueFd out, UniqueFd err, RunResult* result);
  Outcome RunNow(const RunSpec& spec, RunResult* result);

  /// A program that was started ahead: how, and our ends of its standard descriptors.
  struct Ahead {
    std::vector<std::string> argv;
    std::vector<std::string> environment;
    std::string gate;
    std::int64_t stack_bytes = 0;
    UniqueFd input;
    UniqueFd out;
    UniqueFd err;
    bool Fits(const RunSpec& spec) const;
  };
  void StartAhead(const RunSpec& spec);
  Outcome Continue(const RunSpec& spec, Ahead& ahead, RunResult* result);
  RunResult Break(const std::string& why);
  /// True when the kernel killed a process of the group for memory since the last time.
  bool GroupKilled();

  std::shared_ptr<const Sandbox> sandbox_;
  ContainerKind kind_;
  std::unique_ptr<Cgroup> cgroup_;
  UniqueFd control_;
  UniqueFd cancel_;  ///< eventfd
  UniqueFd empty_;
  std::unique_ptr<Ahead> ahead_;  ///< Null: none.
  std::string open_box_;          ///< Without isolation: the folder that plays the box.
  pid_t outer_ = -1;
  std::int64_t oom_kills_ = 0;
  bool broken_ = false;
};

}  // namespace tesuji::verifier
