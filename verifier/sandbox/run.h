// One sandboxed run: what to run within which limits, and what came of it.
// Whose fault an ending is, is decided here and nowhere else: a RunResult either tells what the
// program did, or says that the sandbox failed (`broken`), never a mixture.
// Units: durations in std::chrono, memory in bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "verifier/sandbox/unique_fd.h"

namespace tesuji::verifier {

struct Limits {
  std::chrono::milliseconds cpu{10'000};  ///< All processes of the run together.
  std::chrono::milliseconds wall{0};      ///< 0: 2 x cpu + 1 s. Time spent queued is not counted.
  std::int64_t memory_bytes = 1LL << 30;  ///< Resident memory of the run.
  std::int64_t stack_bytes = 0;           ///< 0: half of memory, within [8, 256] MiB.
  std::int64_t output_bytes = 8LL << 20;  ///< Standard output; standard error likewise.
  std::int64_t box_bytes = 64LL << 20;    ///< Files the program may write.
  std::int64_t box_files = 2048;
  int processes = 32;  ///< Threads count too.
  int descriptors = 256;
};

struct BoxFile {
  std::string name;  ///< Relative, without ".."; ends with '/' for an empty folder.
  int fd = -1;       ///< Borrowed; not needed for a folder.
  bool executable = false;
};

struct RunSpec {
  std::vector<std::string>
      argv;  ///< argv[0] is an absolute path, or a name when program_fd is set.
  std::vector<std::string> environment;
  int program_fd = -1;        ///< An executable file; borrowed.
  int stdin_fd = -1;          ///< Borrowed; -1: empty.
  int stdout_fd = -1;         ///< Borrowed; -1: captured.
  std::vector<int> more_fds;  ///< Become 3, 4, …; borrowed.
  std::vector<BoxFile> files;
  std::vector<std::string> fetch;  ///< Regular files wanted back.
  std::int64_t fetch_bytes = 64LL << 20;
  std::size_t stderr_kept_bytes = 16 << 10;
  Limits limits;
  /// Our own copies of stdin and stdout close only after the run's end was recorded, so that the
  /// other side of an interactive pair cannot see that end earlier than we do.
  bool hold_standard_io = false;
  /// Closed here as soon as the container has its own copy; may be null.
  UniqueFd* handed_over = nullptr;
  /// Mount /proc with the run's own processes, for run-times that need it. Nothing of the machine
  /// is in it. Linux 5.8 or later.
  bool proc = false;
  bool fixed_addresses = false;  ///< Without address randomisation.
  /// The file in the box that the program opens first of all, for interpreters: the container then
  /// starts the next program of this kind ahead of its run, up to this file. Empty: never.
  std::string gate;
  int pid = 2;  ///< Process id the program sees, where the kernel allows it.
};

enum class Ending {
  kExited,
  kSignalled,
  kCpuLimit,
  kWallLimit,
  kMemoryLimit,
  kOutputLimit,
  kCannotStart,  ///< execve failed: exec_errno says why.
  kCancelled,
};

struct FetchedFile {
  enum class State { kHere, kMissing, kNotRegular, kTooLarge };
  State state = State::kMissing;
  UniqueFd fd;  ///< Valid exactly when kHere.
};

struct RunResult {
  /// Not empty: the sandbox failed, and nothing else here means anything.
  std::string broken;
  Ending ending = Ending::kExited;
  int exit_code = 0;
  int signal = 0;
  int exec_errno = 0;
  std::chrono::nanoseconds cpu{0};
  std::chrono::nanoseconds wall{0};
  std::int64_t start_ns = 0;  ///< Monotonic; comparable between runs on one machine.
  std::int64_t end_ns = 0;
  std::int64_t peak_bytes = 0;
  int stray_processes = 0;  ///< Left behind by the program, killed.
  std::string standard_output;
  std::string standard_error;  ///< Its beginning.
  std::vector<FetchedFile> fetched;

  bool ExitedWith(int code) const {
    return broken.empty() && ending == Ending::kExited && exit_code == code;
  }
};

/// Whether such a program can be started before its input and its other files are known. What asks
/// for more than an ordinary run, or has little memory, is started when it runs.
bool CanStartAhead(const RunSpec& spec);

/// The stack's limit: as set, else half of the memory, from 8 to 256 MiB.
std::int64_t StackBytes(const Limits& limits);

/// "exit code 3", "signal 11 (Segmentation fault)", "CPU time limit", …
std::string DescribeEnding(const RunResult& result);

}  // namespace tesuji::verifier
