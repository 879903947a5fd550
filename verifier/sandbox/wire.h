// The messages between the judge and the agent inside a container: one request, one reply, each
// one packet on a SOCK_SEQPACKET socket, with descriptors beside it.
//
// Both ends are built from the same sources and run on the same machine, so numbers travel in
// host order. Only the judge and the agent ever hold the socket; the program under test does not.
// Thread-safety: plain values.
#pragma once

#include <cstdint>

namespace tesuji::verifier::wire {

inline constexpr std::uint32_t kMagic = 0x7e5a0001;
inline constexpr std::uint32_t kMaxPacket = 64 * 1024;
inline constexpr int kMaxDescriptors = 200;
inline constexpr char kBox[] = "/box";
inline constexpr char kSharedMemory[] = "/box/.dev/shm";  ///< What /dev/shm means.
inline constexpr char kDescriptors[] = "/box/.dev/fd";    ///< What /dev/fd means.

/// Request flags.
inline constexpr std::uint32_t kExecDescriptor = 1;   ///< The first descriptor is the program.
inline constexpr std::uint32_t kHoldStandardIo = 2;   ///< Keep 0 and 1 open until the run ended.
inline constexpr std::uint32_t kWatchMemory = 4;      ///< No cgroup: poll resident memory.
inline constexpr std::uint32_t kNoAddressRandom = 8;  ///< Run without ASLR (a second layout).
inline constexpr std::uint32_t kProcesses = 16;       ///< Show /proc with the run's processes.
/// Start the program ahead of its run: it waits when it opens the file whose mode is kGate. No
/// reply.
inline constexpr std::uint32_t kStartAhead = 32;
/// The run of the program that was started ahead; no standard descriptors. When that program is
/// gone, the reply has kStepStartedAhead, and nothing has run.
inline constexpr std::uint32_t kContinue = 64;

/// Modes of files: how the program finds them.
inline constexpr char kPlainFile = '6';
inline constexpr char kExecutableFile = '7';
/// In kStartAhead: is not there yet, has no descriptor. In kContinue: is put there last.
inline constexpr char kGate = 'g';

/// Followed by argc + envc + file_count * (mode, name) + fetch_count NUL-ended strings.
/// Descriptors: [program] standard_fds files.
struct Request {
  std::uint32_t magic = kMagic;
  std::uint32_t flags = 0;
  std::uint32_t argc = 0;
  std::uint32_t envc = 0;
  std::uint32_t standard_fds = 0;  ///< Become 0, 1, 2, … of the program.
  std::uint32_t file_count = 0;    ///< Copied into the box before the run.
  std::uint32_t fetch_count = 0;   ///< Regular files handed back after it.
  std::int32_t pid = 0;            ///< Process id the program shall have; 0: next.
  std::int64_t cpu_ns = 0;
  std::int64_t wall_ns = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t stack_bytes = 0;
  std::int64_t file_bytes = 0;
  std::int64_t box_bytes = 0;
  std::int64_t box_files = 0;
  std::int64_t fetch_bytes = 0;  ///< A larger file is not handed back.
  std::int32_t processes = 0;
  std::int32_t descriptors = 0;
};

/// Why the agent ended the run before the program did.
enum class Stop : std::uint32_t { kNone = 0, kCpu, kWall, kMemory, kCommand };

/// State of one fetched file.
enum class Fetch : std::uint8_t { kHere = 0, kMissing, kNotRegular, kTooLarge };

inline constexpr std::uint32_t kMaxFetch = 64;

struct Reply {
  std::uint32_t magic = kMagic;
  std::int32_t setup_errno = 0;  ///< Not 0: the container failed, the program never ran.
  std::int32_t setup_step = 0;   ///< Which step failed (Step).
  std::int32_t exec_errno = 0;   ///< Not 0: execve failed.
  std::int32_t wait_status = 0;  ///< As from wait4.
  Stop stop = Stop::kNone;
  std::int64_t cpu_ns = 0;  ///< All processes of the run together.
  std::int64_t wall_ns = 0;
  std::int64_t start_ns = 0;  ///< CLOCK_MONOTONIC_RAW, comparable between containers.
  std::int64_t end_ns = 0;
  std::int64_t peak_bytes = 0;        ///< Largest resident set of one process, or polled sum.
  std::uint32_t stray_processes = 0;  ///< Reaped besides the program itself.
  std::uint32_t fetch_count = 0;
  Fetch fetched[kMaxFetch] = {};
};

/// Where setting up failed.
enum Step : std::int32_t {
  kStepNone = 0,
  kStepProtocol,
  kStepMount,
  kStepFiles,
  kStepFork,
  kStepDescriptors,
  kStepLimits,
  kStepPrivileges,
  kStepSeccomp,
  kStepProcesses,
  kStepStartedAhead,
};

/// Judge to agent while a run goes on: one byte.
inline constexpr char kKill = 'k';

}  // namespace tesuji::verifier::wire
