// One run in a container: the request, the output, the reply, and what they add up to.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "verifier/sandbox/container.h"
#include "verifier/sandbox/wire.h"

namespace tesuji::verifier {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::int64_t kMebibyte = 1 << 20;
/// For kernel memory, the agent and the pages of the program's own pipes.
constexpr std::int64_t kGroupSlack = 8 * kMebibyte;
/// An agent that is this late has failed.
constexpr milliseconds kPatience{15'000};

milliseconds WallLimit(const Limits& limits) {
  return limits.wall.count() > 0 ? limits.wall : 2 * limits.cpu + milliseconds(1000);
}

const char* StepName(int step) {
  constexpr const char* kNames[] = {"nothing",     "protocol", "mount",      "files",   "fork",
                                    "descriptors", "limits",   "privileges", "seccomp", "/proc"};
  static_assert(std::size(kNames) == wire::kStepStartedAhead);  // That one is no failure.
  return step >= 0 && step < wire::kStepStartedAhead ? kNames[step] : "unknown";
}

/// Reads what is there; true once the writer has closed.
bool Drain(int fd, std::size_t keep, std::string* kept, std::int64_t* seen) {
  char buffer[65536];
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0) return true;
    if (got < 0) return errno != EAGAIN && errno != EINTR;
    *seen += got;
    if (kept->size() < keep) {
      kept->append(buffer, std::min(static_cast<std::size_t>(got), keep - kept->size()));
    }
    if (static_cast<std::size_t>(got) < sizeof buffer) return false;
  }
}

void Decode(const wire::Reply& reply, bool too_much_output, bool cancelled, const RunSpec& spec,
            bool group_killed, RunResult* result) {
  result->cpu = nanoseconds(reply.cpu_ns);
  result->wall = nanoseconds(reply.wall_ns);
  result->start_ns = reply.start_ns;
  result->end_ns = reply.end_ns;
  result->peak_bytes = reply.peak_bytes;
  result->stray_processes = static_cast<int>(reply.stray_processes);
  result->exec_errno = reply.exec_errno;
  if (WIFEXITED(reply.wait_status)) {
    result->ending = Ending::kExited;
    result->exit_code = WEXITSTATUS(reply.wait_status);
  } else {
    result->ending = Ending::kSignalled;
    result->signal = WTERMSIG(reply.wait_status);
  }
  if (reply.exec_errno != 0) {
    result->ending = Ending::kCannotStart;
  } else if (cancelled) {
    result->ending = Ending::kCancelled;
  } else if (too_much_output || result->signal == SIGXFSZ) {
    result->ending = Ending::kOutputLimit;
  } else if (group_killed || reply.stop == wire::Stop::kMemory ||
             reply.peak_bytes > spec.limits.memory_bytes) {
    result->ending = Ending::kMemoryLimit;
  } else if (reply.stop == wire::Stop::kCpu || result->signal == SIGXCPU ||
             result->cpu > spec.limits.cpu) {
    result->ending = Ending::kCpuLimit;
  } else if (reply.stop == wire::Stop::kWall) {
    result->ending = Ending::kWallLimit;
  }
}

}  // namespace

bool Container::GroupKilled() {
  if (cgroup_ == nullptr) return false;
  const std::int64_t before = std::exchange(oom_kills_, cgroup_->OomKills());
  return oom_kills_ > before;
}

RunResult Container::Break(const std::string& why) {
  broken_ = true;
  if (outer_ > 0) kill(outer_, SIGKILL);
  RunResult result;
  result.broken = why;
  return result;
}

bool Container::SendRequest(const RunSpec& spec, unsigned flags, std::vector<int> standard) {
  const Limits& limits = spec.limits;
  wire::Request request;
  request.flags = flags;
  const auto set = [&request](bool on, std::uint32_t flag) {
    if (on) request.flags |= flag;
  };
  set(spec.program_fd >= 0, wire::kExecDescriptor);
  set(spec.hold_standard_io, wire::kHoldStandardIo);
  set(cgroup_ == nullptr, wire::kWatchMemory);
  set(spec.fixed_addresses, wire::kNoAddressRandom);
  set(spec.proc, wire::kProcesses);
  request.argc = static_cast<std::uint32_t>(spec.argv.size());
  request.envc = static_cast<std::uint32_t>(spec.environment.size());
  request.fetch_count = static_cast<std::uint32_t>(spec.fetch.size());
  request.pid = spec.pid;
  request.cpu_ns = nanoseconds(limits.cpu).count();
  request.wall_ns = nanoseconds(WallLimit(limits)).count();
  request.memory_bytes = limits.memory_bytes;
  request.stack_bytes = StackBytes(limits);
  request.file_bytes = limits.box_bytes;
  request.box_bytes = limits.box_bytes;
  request.box_files = limits.box_files;
  request.fetch_bytes = spec.fetch_bytes;
  request.processes = limits.processes;
  request.descriptors = limits.descriptors;

  std::vector<int> fds;
  if (spec.program_fd >= 0) fds.push_back(spec.program_fd);
  fds.insert(fds.end(), standard.begin(), standard.end());
  request.standard_fds = static_cast<std::uint32_t>(standard.size());
  const bool ahead = (flags & wire::kStartAhead) != 0;
  const bool gated = (flags & (wire::kStartAhead | wire::kContinue)) != 0;
  request.file_count = ahead ? 1 : static_cast<std::uint32_t>(spec.files.size());
  std::string packet(reinterpret_cast<const char*>(&request), sizeof request);
  const auto add = [&packet](const std::string& text) {
    packet.append(text.c_str(), text.size() + 1);
  };
  for (const std::string& text : spec.argv) add(text);
  for (const std::string& text : spec.environment) add(text);
  for (const BoxFile& file : spec.files) {
    const bool gate = gated && file.name == spec.gate;
    if (ahead && !gate) continue;
    add((gate              ? wire::kGate
         : file.executable ? wire::kExecutableFile
                           : wire::kPlainFile) +
        file.name);
    if (file.fd >= 0 && !ahead) fds.push_back(file.fd);
  }
  for (const std::string& name : spec.fetch) add(name);
  if (packet.size() > wire::kMaxPacket || fds.size() > wire::kMaxDescriptors ||
      spec.fetch.size() > wire::kMaxFetch) {
    errno = E2BIG;
    return false;
  }
  alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int) * wire::kMaxDescriptors)] = {};
  struct iovec data = {packet.data(), packet.size()};
  struct msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
  std::memcpy(CMSG_DATA(header), fds.data(), sizeof(int) * fds.size());
  ssize_t sent = 0;
  while ((sent = sendmsg(control_.get(), &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  return sent == static_cast<ssize_t>(packet.size());
}

Container::Outcome Container::Converse(const RunSpec& spec, UniqueFd out, UniqueFd err,
                                       RunResult* result) {
  wire::Reply reply;
  bool replied = false;
  bool too_much = false;
  bool cancelled = false;
  bool killed = false;
  std::int64_t out_seen = 0;
  std::int64_t err_seen = 0;
  const auto limit = spec.limits.output_bytes;
  // The agent allows the wall limit eight times over while the program waits for a processor.
  const auto give_up = std::chrono::steady_clock::now() + 9 * WallLimit(spec.limits) + kPatience;
  std::vector<int> handed;
  while (!replied || out.valid() || err.valid()) {
    struct pollfd polled[4] = {{control_.get(), static_cast<short>(replied ? 0 : POLLIN), 0},
                               {out.get(), POLLIN, 0},
                               {err.get(), POLLIN, 0},
                               {cancelled ? -1 : cancel_.get(), POLLIN, 0}};
    const auto left =
        std::chrono::duration_cast<milliseconds>(give_up - std::chrono::steady_clock::now());
    // After the reply nothing of the run is alive: pipes can only be held by ourselves.
    if (replied) polled[0].fd = -1;
    const int count = poll(polled, 4, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Outcome::kFailed;
    if (polled[1].revents != 0 &&
        Drain(out.get(), static_cast<std::size_t>(limit), &result->standard_output, &out_seen)) {
      out.Reset();
    }
    if (polled[2].revents != 0 &&
        Drain(err.get(), spec.stderr_kept_bytes, &result->standard_error, &err_seen)) {
      err.Reset();
    }
    too_much = out_seen > limit || err_seen > limit;
    if (polled[3].revents != 0) cancelled = true;
    if ((too_much || cancelled) && !killed && !replied) {
      killed = true;
      const char word = wire::kKill;
      send(control_.get(), &word, 1, MSG_NOSIGNAL);
    }
    if (polled[0].revents != 0 && !replied) {
      alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int) * wire::kMaxFetch)];
      struct iovec data = {&reply, sizeof reply};
      struct msghdr message = {};
      message.msg_iov = &data;
      message.msg_iovlen = 1;
      message.msg_control = room;
      message.msg_controllen = sizeof room;
      const ssize_t got = recvmsg(control_.get(), &message, MSG_CMSG_CLOEXEC);
      if (got < 0 && errno == EINTR) continue;
      for (struct cmsghdr* c = got > 0 ? CMSG_FIRSTHDR(&message) : nullptr; c != nullptr;
           c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        handed.resize((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        std::memcpy(handed.data(), CMSG_DATA(c), handed.size() * sizeof(int));
      }
      if (got != sizeof reply || reply.magic != wire::kMagic) {
        for (const int fd : handed) close(fd);
        return Outcome::kFailed;
      }
      replied = true;
    }
  }
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < reply.fetch_count && i < wire::kMaxFetch; ++i) {
    FetchedFile file;
    file.state = static_cast<FetchedFile::State>(reply.fetched[i]);
    if (reply.fetched[i] == wire::Fetch::kHere && next < handed.size()) {
      file.fd = UniqueFd(handed[next++]);
    }
    result->fetched.push_back(std::move(file));
  }
  if (reply.setup_step == wire::kStepStartedAhead) return Outcome::kNothingRan;
  if (reply.setup_errno != 0) {
    result->broken = fmt::format("setting up a run failed at {}: {}", StepName(reply.setup_step),
                                 strerror(reply.setup_errno));
    return Outcome::kRan;
  }
  Decode(reply, too_much, cancelled, spec, GroupKilled(), result);
  return Outcome::kRan;
}

RunResult Container::Run(const RunSpec& spec) {
  if (broken_) return Break("the container is broken");
  std::uint64_t stale = 0;
  (void)!read(cancel_.get(), &stale, sizeof stale);
  RunResult result;
  const std::unique_ptr<Ahead> ahead = std::move(ahead_);
  // What happened to a program that was never used is not this run's.
  if (cgroup_ != nullptr && ahead != nullptr) oom_kills_ = cgroup_->OomKills();
  if (cgroup_ != nullptr &&
      !cgroup_->SetLimits(spec.limits.memory_bytes + kGroupSlack, spec.limits.processes)) {
    return Break("the control group refuses its limits");
  }
  Outcome outcome = Outcome::kNothingRan;
  if (ahead != nullptr && ahead->Fits(spec)) outcome = Continue(spec, *ahead, &result);
  if (outcome == Outcome::kNothingRan) outcome = RunNow(spec, &result);
  if (!result.broken.empty()) return Break(result.broken);
  if (outcome != Outcome::kRan) {
    RunResult failed = Break("the container ended or fell silent during a run");
    if (!GroupKilled()) return failed;
    // A program that dies keeps its page tables for a while. The kernel then took the container's
    // own processes as well, for the memory of the program.
    result.ending = Ending::kMemoryLimit;
    result.peak_bytes = spec.limits.memory_bytes;  // At least; what was used is not known.
    result.end_ns = nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
    return result;
  }
  if (sandbox_->isolated() && CanStartAhead(spec)) StartAhead(spec);
  return result;
}

Container::Outcome Container::RunNow(const RunSpec& spec, RunResult* result) {
  PipeEnds err = MakePipe();
  PipeEnds out;
  if (spec.stdout_fd < 0) out = MakePipe();
  for (const UniqueFd* end : {&err.read, &out.read}) {
    if (end->valid()) fcntl(end->get(), F_SETFL, O_NONBLOCK);
  }
  std::vector<int> standard = {spec.stdin_fd >= 0 ? spec.stdin_fd : empty_.get(),
                               spec.stdout_fd >= 0 ? spec.stdout_fd : out.write.get(),
                               err.write.get()};
  standard.insert(standard.end(), spec.more_fds.begin(), spec.more_fds.end());
  if (!SendRequest(spec, 0, std::move(standard))) {
    result->broken = fmt::format("the container does not listen: {}", strerror(errno));
    return Outcome::kFailed;
  }
  out.write.Reset();
  err.write.Reset();
  if (spec.handed_over != nullptr) spec.handed_over->Reset();
  return Converse(spec, std::move(out.read), std::move(err.read), result);
}

}  // namespace tesuji::verifier
