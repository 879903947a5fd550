// Says which environment and which of its methods was being called when the process dies there: a
// plug-in runs inside the program, so its crash is the program's.
//
// Each guarded call (api/guarded_call.h) leaves a frame of pointers in its thread, which costs a
// few nanoseconds. The notice, once installed, reads the frame of the thread that crashed, or that
// called exit(), writes one line to stderr and ends the process. A crash elsewhere takes its usual
// course.
// Thread-safety: CrashFrame is of its thread; the other functions are for start-up.
#pragma once

#include <cstddef>

#include "api/environment.h"

namespace tesuji::env {

/// What is being called, in memory that outlives the call. All text is zero-terminated.
struct CallInProgress {
  const char* environment = nullptr;
  const char* method = nullptr;
  const char* origin = nullptr;     ///< Where the state came from; may be null.
  const Action* actions = nullptr;  ///< Played since then.
  std::size_t action_count = 0;
  Action action = -1;  ///< The one that the call is about; -1: none.
};

/// While it lives, `call` is what this thread is doing; frames nest.
class CrashFrame {
 public:
  explicit CrashFrame(const CallInProgress& call);
  ~CrashFrame();
  CrashFrame(const CrashFrame&) = delete;
  CrashFrame& operator=(const CrashFrame&) = delete;

 private:
  CallInProgress call_;
  const CallInProgress* outer_;
};

/// From now on a crash, or exit(), inside a guarded call ends the process with `exit_code` and one
/// line. Does nothing in sanitized builds, which have handlers of their own.
void InstallCrashNotice(int exit_code);
/// For a child process whose parent wants to see how it ends.
void RemoveCrashNotice();

}  // namespace tesuji::env
