// Starting and ending a container.
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "verifier/sandbox/container.h"
#include "verifier/sandbox/wire.h"

namespace tesuji::verifier {
namespace {

constexpr int kControl = 3;
constexpr int kFilter = 4;
constexpr int kAgent = 5;
constexpr int kCounter = 6;
constexpr int kReadyMilliseconds = 10'000;

struct Launching {
  std::vector<char*> argv;
  int control;
  int filter;
  int agent;
  int log;
  int counter;  ///< -1: none.
  const char* groups[3];
  uid_t user;  ///< 0: stay who we are.
};

/// In the forked child: only what is safe between fork and exec of a threaded process.
[[noreturn]] void ExecBubblewrap(const Launching& launch) {
  for (const char* group : launch.groups) {
    if (group == nullptr) continue;
    const int fd = open(group, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) != 1) _exit(80);
    close(fd);
  }
  const int none = open("/dev/null", O_RDWR);
  const int high[5] = {fcntl(launch.control, F_DUPFD, 20), fcntl(launch.filter, F_DUPFD, 20),
                       fcntl(launch.agent, F_DUPFD, 20), fcntl(launch.log, F_DUPFD, 20),
                       launch.counter < 0 ? -1 : fcntl(launch.counter, F_DUPFD, 20)};
  dup2(none, 0);
  dup2(none, 1);
  dup2(high[3], 2);
  dup2(high[0], kControl);
  dup2(high[1], kFilter);
  dup2(high[2], kAgent);
  if (high[4] >= 0) dup2(high[4], kCounter);
  syscall(SYS_close_range, high[4] >= 0 ? kCounter + 1 : kCounter, ~0U, 0);
  sigset_t empty;
  sigemptyset(&empty);
  sigprocmask(SIG_SETMASK, &empty, nullptr);
  signal(SIGPIPE, SIG_DFL);
  setsid();  // The terminal's Ctrl-C is for the judge, which then ends us in order.
  if (launch.user != 0 &&
      (setgroups(0, nullptr) != 0 || setresgid(launch.user, launch.user, launch.user) != 0 ||
       setresuid(launch.user, launch.user, launch.user) != 0)) {
    _exit(81);
  }
  execv(launch.argv[0], launch.argv.data());
  _exit(82);
}

std::string Tail(int log) {
  auto text = ReadDescriptor(log, 1 << 20);
  if (!text || text->empty()) return {};
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return text->substr(text->rfind('\n') + 1);
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

}  // namespace

std::vector<std::string> Container::BubblewrapArguments(const std::vector<Mount>& mounts) const {
  const SandboxOptions& options = sandbox_->options();
  std::vector<std::string> args = {
      options.bubblewrap, "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc",
      "--unshare-uts", "--unshare-cgroup-try", "--uid", "1000", "--gid", "1000", "--hostname",
      "box", "--die-with-parent", "--as-pid-1", "--clearenv", "--cap-drop", "ALL",
      // The agent mounts boxes and drops the rest; the program gets none of these.
      "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP", "--cap-add", "CAP_KILL",
      "--cap-add", "CAP_SYS_CHROOT"};
  const auto add = [&](std::initializer_list<std::string> more) { args.insert(args.end(), more); };
  const auto bind = [&](const std::string& folder) {
    if (Exists(folder)) add({"--ro-bind", folder, folder});
  };
  for (const std::string& folder : options.run_folders) bind(folder);
  if (kind_ == ContainerKind::kTool) {
    for (const std::string& folder : options.tool_folders) bind(folder);
  }
  for (const char* name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    const std::string path = fmt::format("/{}", name);
    struct stat info = {};
    if (lstat(path.c_str(), &info) != 0) continue;
    if (S_ISLNK(info.st_mode)) {
      add({"--symlink", fmt::format("usr/{}", name), path});
    } else {
      add({"--ro-bind", path, path});
    }
  }
  for (const Mount& mount : mounts) {
    if (kind_ == ContainerKind::kTool || mount.programs_see) {
      add({"--ro-bind", mount.from, mount.to});
    }
  }
  for (const char* device :
       {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
    add({"--dev-bind", device, device});
  }
  add({"--symlink", wire::kDescriptors, "/dev/fd", "--symlink", wire::kSharedMemory, "/dev/shm",
       "--symlink", "fd/0", "/dev/stdin", "--symlink", "fd/1", "/dev/stdout", "--symlink", "fd/2",
       "/dev/stderr"});
  add({"--proc",
       "/proc",
       "--dir",
       "/box",
       "--symlink",
       "box/tmp",
       "/tmp",
       "--perms",
       "0555",
       "--ro-bind-data",
       std::to_string(kAgent),
       "/agent",
       "--remount-ro",
       "/",
       "--chdir",
       "/",
       "/agent",
       std::to_string(kControl),
       std::to_string(kFilter),
       "box",
       std::to_string(cgroup_ != nullptr && cgroup_->cpu_counter() >= 0 ? kCounter : -1)});
  return args;
}

Result<std::unique_ptr<Container>> Container::Start(std::shared_ptr<const Sandbox> sandbox,
                                                    ContainerKind kind, int number,
                                                    const std::vector<Mount>& mounts) {
  std::unique_ptr<Container> container(new Container(std::move(sandbox), kind));
  if (Status started = container->Launch(number, mounts); !started) {
    return tl::unexpected(started.error());
  }
  return container;
}

Status Container::Launch(int number, const std::vector<Mount>& mounts) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    return Fail(fmt::format("no socket pair: {}", strerror(errno)));
  }
  control_ = UniqueFd(pair[0]);
  UniqueFd theirs(pair[1]);
  cancel_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  empty_ = UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  UniqueFd log(static_cast<int>(syscall(SYS_memfd_create, "log", 1U)));
  if (!cancel_.valid() || !empty_.valid() || !log.valid()) {
    return Fail(fmt::format("no descriptors left: {}", strerror(errno)));
  }
  std::vector<std::string> args;
  UniqueFd agent = ReopenReadOnly(sandbox_->agent_fd());  // An own position: read at start.
  if (sandbox_->isolated()) {
    if (sandbox_->cgroups() != nullptr) {
      const char* suffix = kind_ == ContainerKind::kRun ? "run" : "tool";
      cgroup_ = sandbox_->cgroups()->MakeChild(
          fmt::format("{}-{}-{}", suffix, number, reinterpret_cast<std::uintptr_t>(this)));
    }
    args = BubblewrapArguments(mounts);
  } else {
    char folder[] = "/tmp/tesuji-open-XXXXXX";
    if (mkdtemp(folder) == nullptr) return Fail("no temporary folder");
    open_box_ = folder;
    args = {fmt::format("/proc/self/fd/{}", kAgent), std::to_string(kControl), "-1",
            "open:" + open_box_ + "/box", "-1"};
  }
  Launching launch = {};
  for (std::string& arg : args) launch.argv.push_back(arg.data());
  launch.argv.push_back(nullptr);
  launch.control = theirs.get();
  launch.filter = sandbox_->isolated() ? sandbox_->filter_fd(kind_) : empty_.get();
  launch.agent = agent.get();
  launch.log = log.get();
  launch.counter = -1;
  if (cgroup_ != nullptr) {
    launch.groups[0] = cgroup_->memory_procs().c_str();
    launch.groups[1] = cgroup_->pids_procs().c_str();
    launch.counter = cgroup_->cpu_counter();
    if (launch.counter >= 0) launch.groups[2] = cgroup_->cpu_procs().c_str();
  }
  launch.user = sandbox_->isolated() && geteuid() == 0
                    ? sandbox_->options().first_user + static_cast<unsigned>(number) % 200
                    : 0;
  outer_ = fork();
  if (outer_ == 0) ExecBubblewrap(launch);
  if (outer_ < 0) return Fail(fmt::format("cannot fork: {}", strerror(errno)));
  theirs.Reset();
  struct pollfd ready = {control_.get(), POLLIN, 0};
  char word = 0;
  int polled = 0;
  while ((polled = poll(&ready, 1, kReadyMilliseconds)) < 0 && errno == EINTR) {
  }
  if (polled != 1 || recv(control_.get(), &word, 1, 0) != 1 || word != 'r') {
    broken_ = true;
    const std::string said = Tail(log.get());
    return Fail(fmt::format("bubblewrap could not start a container: {}",
                            said.empty() ? "it ended without a word" : said));
  }
  return {};
}

Container::~Container() {
  const bool was_broken = broken_;
  control_.Reset();  // The agent sees the end of its socket, exits, and takes its container along.
  if (outer_ > 0) {
    if (was_broken) kill(outer_, SIGKILL);
    for (int attempt = 0;; ++attempt) {
      const pid_t got = waitpid(outer_, nullptr, attempt < 2000 ? WNOHANG : 0);
      if (got == outer_ || (got < 0 && errno != EINTR)) break;
      if (attempt == 1000) kill(outer_, SIGKILL);
      usleep(attempt < 20 ? 200 : 1000);
    }
  }
  if (!open_box_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(open_box_, ignored);
  }
}

void Container::Cancel() {
  const std::uint64_t one = 1;
  (void)!write(cancel_.get(), &one, sizeof one);
}

}  // namespace tesuji::verifier
