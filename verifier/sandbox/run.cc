#include "verifier/sandbox/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace tesuji::verifier {

std::int64_t StackBytes(const Limits& limits) {
  constexpr std::int64_t kMebibyte = 1 << 20;
  return limits.stack_bytes > 0
             ? limits.stack_bytes
             : std::clamp(limits.memory_bytes / 2, 8 * kMebibyte, 256 * kMebibyte);
}

bool CanStartAhead(const RunSpec& spec) {
  // An interpreter that waits counts against the memory of the run that comes: it must fit.
  constexpr std::int64_t kLeastMemory = 64 << 20;
  return !spec.gate.empty() && spec.program_fd < 0 && spec.stdout_fd < 0 && spec.more_fds.empty() &&
         !spec.hold_standard_io && !spec.proc && !spec.fixed_addresses &&
         spec.pid == RunSpec{}.pid && spec.limits.memory_bytes >= kLeastMemory;
}

std::string DescribeEnding(const RunResult& result) {
  if (!result.broken.empty()) return "sandbox failure: " + result.broken;
  switch (result.ending) {
    case Ending::kExited:
      return fmt::format("exit code {}", result.exit_code);
    case Ending::kSignalled:
      if (result.signal == SIGSYS) return "forbidden system call";
      return fmt::format("signal {} ({})", result.signal, strsignal(result.signal));
    case Ending::kCpuLimit:
      return "CPU time limit";
    case Ending::kWallLimit:
      return "wall time limit";
    case Ending::kMemoryLimit:
      return "memory limit";
    case Ending::kOutputLimit:
      return "output limit";
    case Ending::kCannotStart:
      return fmt::format("cannot start: {}", strerror(result.exec_errno));
    case Ending::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

}  // namespace tesuji::verifier
