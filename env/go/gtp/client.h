// Another program that speaks GTP, run as a child process.
//
// Theory of operation: the command runs through /bin/sh in a process group of its own, with pipes
// for its three streams. All reading and writing happens inside this class's calls, by poll(2), in
// the caller's thread: no thread, no signal handler. Commands may be sent ahead (pipelined);
// answers come back in order, each with a deadline. Whatever goes wrong - exit, crash, silence past
// the deadline, bytes that are no answer, an endless answer - becomes one Failure that names the
// engine and shows the last of its stderr; after that the process is dead and stays so.
// The destructor (and Kill) kills the whole group and reaps the child: no orphans, no zombies.
//
// Thread-safety: one thread at a time; different objects are independent.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "env/go/gtp/protocol.h"

namespace tesuji::gtp {

struct EngineProcessOptions {
  /// From sending to the whole answer; the first answer may wait for the program's start-up too.
  std::chrono::milliseconds timeout{60'000};
  std::chrono::milliseconds start_timeout{120'000};
  /// How long Quit() lets the program end by itself.
  std::chrono::milliseconds quit_timeout{1'000};
  std::size_t max_response_bytes = std::size_t{1} << 20;
  std::size_t kept_stderr_bytes = 4096;  ///< Its newest bytes.
};

class EngineProcess {
 public:
  /// Starts `command` ("gnugo --mode gtp --level 1"; shell syntax). /usr/games is added to the end
  /// of its PATH. A program that cannot be started shows at the first answer. Throws MachineError
  /// when the system has no process or pipe left.
  explicit EngineProcess(std::string command, const EngineProcessOptions& options = {});
  ~EngineProcess();
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  /// Sends `line` (one command, no line break) and waits for its answer; answers to earlier Send()s
  /// must have been taken. A '?' answer is a Response, not a Failure.
  Result<Response> Request(std::string_view line);

  /// Queues a command; its answer is to be taken by Poll(). Never blocks. `timeout` 0: the
  /// options'.
  void Send(std::string_view line, std::chrono::milliseconds timeout = {});
  /// Moves bytes, and gives the next answer if it is there; empty: not yet. Never blocks. A Failure
  /// is final.
  std::optional<Result<Response>> Poll();
  std::size_t pending() const { return pending_.size(); }  ///< Answers still to be taken.

  /// Blocks until one of `engines` may have something for Poll(), or `most` has passed. Nulls are
  /// passed over.
  static void WaitAny(std::span<EngineProcess* const> engines, std::chrono::milliseconds most);

  /// For a poll(2) of one's own: appends the descriptors, and lowers `patience` to the time until
  /// Poll() has something in any case.
  void AddToPoll(std::vector<pollfd>* descriptors, std::chrono::milliseconds* patience) const;

  /// How long the newest answer that Poll() gave took, from when everything before it was answered.
  /// Time in which this process of ours stood still is left out.
  std::chrono::duration<double> answer_time() const { return answer_time_; }
  /// The failure was silence past the deadline.
  bool timed_out() const { return timed_out_; }

  bool alive() const { return pid_ > 0 && !failure_; }
  /// "quit", a moment to end, then Kill().
  void Quit();
  /// SIGKILL to the process group. Pending answers are lost.
  void Kill();

  const std::string& command() const { return command_; }
  pid_t pid() const { return pid_; }  ///< 0 when dead.

 private:
  using Clock = std::chrono::steady_clock;
  struct Pending {
    std::string line;
    std::chrono::milliseconds timeout;
    // Both are there once all earlier ones are answered.
    std::optional<Clock::time_point> deadline;
    Clock::time_point begin{};
  };

  void Spawn();
  void MoveBytes();
  void WriteSome();
  bool ReadSome(int* fd, std::string* into);
  std::optional<std::string> TakeResponse();
  tl::unexpected<Failure> Break(const std::string& what);
  void StartNextDeadline();
  void ForgiveOwnAbsence();

  std::string command_;
  EngineProcessOptions options_;
  pid_t pid_ = 0;
  int stdin_ = -1;
  int stdout_ = -1;
  int stderr_ = -1;
  bool answered_ = false;  // Anything at all yet.
  std::string outgoing_;
  std::string incoming_;
  bool unread_ = false;      // incoming_ has not been looked at since an answer was taken.
  std::size_t scanned_ = 0;  // Of incoming_, known to hold no end of an answer.
  std::string stderr_tail_;
  std::deque<Pending> pending_;
  std::chrono::duration<double> answer_time_{0};
  bool timed_out_ = false;
  Clock::time_point last_poll_;
  std::optional<Failure> failure_;
};

}  // namespace tesuji::gtp
