#include "cli/watched.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "api/crash_notice.h"
#include "core/result.h"

namespace tesuji::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Memory that both processes see.
class SharedTrace {
 public:
  SharedTrace()
      : memory_(mmap(nullptr, sizeof(env::GuardTrace), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) throw MachineError("check-env: no shared memory");
    trace_ = new (memory_) env::GuardTrace;
  }
  ~SharedTrace() { munmap(memory_, sizeof(env::GuardTrace)); }
  SharedTrace(const SharedTrace&) = delete;
  SharedTrace& operator=(const SharedTrace&) = delete;
  env::GuardTrace* get() { return trace_; }

 private:
  void* memory_;
  env::GuardTrace* trace_;
};

[[noreturn]] void Child(int out, const std::function<Json(env::GuardTrace*)>& work,
                        env::GuardTrace* trace) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  env::RemoveCrashNotice();  // The parent looks at how this process ends.
  std::string text;
  try {
    text = work(trace).dump(-1, ' ', true, Json::error_handler_t::replace);
  } catch (const std::exception& error) {
    text = Json{{"error", error.what()}}.dump(-1, ' ', true, Json::error_handler_t::replace);
  }
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t wrote = write(out, text.data() + at, text.size() - at);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    at += static_cast<std::size_t>(wrote);
  }
  _exit(0);  // No destructors: what the environment left behind is not ours to tidy.
}

// Reads all that the child writes; false when it stood still for too long.
bool ReadAll(int in, env::GuardTrace* trace, std::chrono::milliseconds patience,
             std::string* text) {
  std::uint64_t calls = trace->calls;
  auto changed = Clock::now();
  std::array<char, 4096> buffer{};
  for (;;) {
    pollfd ready{.fd = in, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, 50) > 0) {
      const ssize_t got = read(in, buffer.data(), buffer.size());
      if (got == 0) return true;
      if (got > 0) text->append(buffer.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (const std::uint64_t now = trace->calls; now != calls) {
      calls = now;
      changed = Clock::now();
    }
    if (Clock::now() - changed > patience) return false;
  }
}

std::string Where(const env::GuardTrace& trace) {
  return fmt::format("{} ({})", trace.method.data(), trace.state.data());
}

}  // namespace

WatchedOutcome RunWatched(const std::function<Json(env::GuardTrace*)>& work,
                          std::chrono::milliseconds patience) {
  SharedTrace trace;
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw MachineError("check-env: no pipe");
  const pid_t child = fork();
  if (child < 0) throw MachineError(fmt::format("check-env: no process: {}", strerror(errno)));
  if (child == 0) {
    close(ends[0]);
    Child(ends[1], work, trace.get());
  }
  close(ends[1]);
  WatchedOutcome outcome;
  std::string text;
  const bool ended = ReadAll(ends[0], trace.get(), patience, &text);
  close(ends[0]);
  if (!ended) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    outcome.failure = fmt::format("does not return from {} within {} s", Where(*trace.get()),
                                  patience.count() / 1000.0);
  } else if (WIFSIGNALED(status)) {
    outcome.failure =
        fmt::format("crashes ({}) in {}", strsignal(WTERMSIG(status)), Where(*trace.get()));
  } else {
    outcome.result = Json::parse(text, nullptr, false);
    if (outcome.result.is_discarded()) {
      outcome.result = Json::object();
      outcome.failure = fmt::format("ends the program (exit code {}) in {}", WEXITSTATUS(status),
                                    Where(*trace.get()));
    }
  }
  return outcome;
}

}  // namespace tesuji::cli
