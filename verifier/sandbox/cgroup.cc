#include "verifier/sandbox/cgroup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tesuji::verifier {
namespace {

bool WriteText(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool good = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return good;
}

/// The number behind `key` in a small file of lines "KEY NUMBER".
std::int64_t ReadKey(int fd, const char* key) {
  char text[1024];
  const ssize_t got = pread(fd, text, sizeof text - 1, 0);
  if (got <= 0) return 0;
  text[got] = 0;
  const std::size_t length = std::strlen(key);
  for (const char* line = text; line != nullptr; line = std::strchr(line, '\n')) {
    if (*line == '\n') ++line;
    if (std::strncmp(line, key, length) == 0 && line[length] == ' ') {
      return std::atoll(line + length);
    }
  }
  return 0;
}

/// "/sys/fs/cgroup/memory" and the like for a controller list containing `controller`; "" when
/// not mounted. Version 2 mounts have the type cgroup2 and match "".
std::string MountPoint(const std::string& type, const std::string& controller) {
  std::ifstream mounts("/proc/self/mounts");
  std::string line;
  while (std::getline(mounts, line)) {
    std::istringstream words(line);
    std::string device, where, kind, options;
    words >> device >> where >> kind >> options;
    if (kind != type) continue;
    if (controller.empty() ||
        ("," + options + ",").find("," + controller + ",") != std::string::npos) {
      return where;
    }
  }
  return {};
}

/// Our own group for `controller` ("" for version 2) as /proc/self/cgroup names it.
std::string OwnGroup(const std::string& controller) {
  std::ifstream groups("/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    const bool match = controller.empty()
                           ? names.empty()
                           : ("," + names + ",").find("," + controller + ",") != std::string::npos;
    if (match) return line.substr(second + 1) == "/" ? "" : line.substr(second + 1);
  }
  return {};
}

std::string UniqueName() {
  static_assert(sizeof(pid_t) == 4);
  static std::atomic<int> count{0};
  return fmt::format("tesuji-{}-{}", getpid(), count++);
}

UniqueFd OpenFolder(const std::string& folder) {
  return UniqueFd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Removes the groups of judges that were killed: no process has their number any more, and nobody,
/// here or in another process namespace, holds their lock.
void RemoveAbandoned(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    int pid = 0;
    int count = 0;
    if (std::sscanf(entry.path().filename().c_str(), "tesuji-%d-%d", &pid, &count) != 2) continue;
    if (pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH) continue;
    const UniqueFd held = OpenFolder(entry.path().string());
    if (!held.valid() || flock(held.get(), LOCK_EX | LOCK_NB) != 0) continue;
    // Groups have files that cannot be removed one by one; a group with a process stays.
    for (const auto& child : std::filesystem::directory_iterator(entry.path(), error)) {
      if (child.is_directory(error)) rmdir(child.path().c_str());
    }
    rmdir(entry.path().c_str());
  }
}

}  // namespace

Cgroup::Cgroup(std::string memory, std::string pids, std::string cpu, int version)
    : memory_(std::move(memory)), pids_(std::move(pids)), cpu_(std::move(cpu)), version_(version) {
  for (const std::string* folder : {&memory_, &pids_, &cpu_}) {
    if (!folder->empty() && mkdir(folder->c_str(), 0755) != 0 && errno != EEXIST) {
      throw MachineError(
          fmt::format("{}: cannot make a control group: {}", *folder, strerror(errno)));
    }
  }
  const std::string events = memory_ + (version_ == 2 ? "/memory.events" : "/memory.oom_control");
  oom_events_ = UniqueFd(open(events.c_str(), O_RDONLY | O_CLOEXEC));
  memory_procs_ = memory_ + "/cgroup.procs";
  pids_procs_ = pids_ + "/cgroup.procs";
  if (cpu_.empty()) return;
  cpu_procs_ = cpu_ + "/cgroup.procs";
  const std::string counter = cpu_ + (version_ == 2 ? "/cpu.stat" : "/cpuacct.usage");
  cpu_counter_ = UniqueFd(open(counter.c_str(), O_RDONLY | O_CLOEXEC));
}

Cgroup::~Cgroup() {
  // The last process may still be on its way out of the group.
  for (const std::string* folder : {&memory_, &pids_, &cpu_}) {
    if (folder->empty()) continue;
    for (int attempt = 0; attempt < 200; ++attempt) {
      if (rmdir(folder->c_str()) == 0 || errno != EBUSY) break;
      usleep(1000);
    }
  }
}

bool Cgroup::SetLimits(std::int64_t memory_bytes, int processes) {
  if (memory_bytes == memory_bytes_ && processes == processes_) return true;
  processes_ = 0;  // Until all of them are set.
  if (!WriteLimits(memory_bytes, processes)) return false;
  memory_bytes_ = memory_bytes;
  processes_ = processes;
  return true;
}

bool Cgroup::WriteLimits(std::int64_t memory_bytes, int processes) {
  const std::string bytes = std::to_string(memory_bytes);
  // Two more: the agent, and bubblewrap outside.
  if (!WriteText(pids_ + "/pids.max", std::to_string(processes + 2))) return false;
  if (version_ == 2) {
    WriteText(memory_ + "/memory.swap.max", "0");
    return WriteText(memory_ + "/memory.max", bytes);
  }
  // memsw may not go below memory: take whichever order the kernel accepts.
  const std::string limit = memory_ + "/memory.limit_in_bytes";
  const std::string swap = memory_ + "/memory.memsw.limit_in_bytes";
  WriteText(swap, bytes);
  if (!WriteText(limit, bytes)) return false;
  WriteText(swap, bytes);
  return true;
}

std::int64_t Cgroup::OomKills() const { return ReadKey(oom_events_.get(), "oom_kill"); }

Result<std::shared_ptr<CgroupParent>> CgroupParent::Detect() {
  const std::string name = UniqueName();
  std::string why = "no cgroup file system is mounted";
  if (const std::string mount = MountPoint("cgroup2", ""); !mount.empty()) {
    const std::string own = mount + OwnGroup("");
    const std::string folder = own + "/" + name;
    std::ifstream controllers(own + "/cgroup.controllers");
    const std::string list{std::istreambuf_iterator<char>(controllers), {}};
    if (list.find("memory") == std::string::npos || list.find("pids") == std::string::npos) {
      why = fmt::format("{}: memory and pids are not delegated to us", own);
    } else if (!WriteText(own + "/cgroup.subtree_control", "+memory +pids")) {
      why = fmt::format("{}: cannot delegate memory and pids further: {}", own, strerror(errno));
    } else if (mkdir(folder.c_str(), 0755) != 0) {
      why = fmt::format("{}: {}", folder, strerror(errno));
    } else if (!WriteText(folder + "/cgroup.subtree_control", "+memory +pids")) {
      why = fmt::format("{}: {}", folder, strerror(errno));
      rmdir(folder.c_str());
    } else {
      return std::shared_ptr<CgroupParent>(new CgroupParent(folder, folder, folder, 2));
    }
  }
  const std::string memory_mount = MountPoint("cgroup", "memory");
  const std::string pids_mount = MountPoint("cgroup", "pids");
  if (memory_mount.empty() || pids_mount.empty()) return Fail(why);
  const std::string memory = memory_mount + OwnGroup("memory") + "/" + name;
  const std::string pids = pids_mount + OwnGroup("pids") + "/" + name;
  if (mkdir(memory.c_str(), 0755) != 0) return Fail(fmt::format("{}: {}", memory, strerror(errno)));
  if (mkdir(pids.c_str(), 0755) != 0) {
    const int error = errno;
    rmdir(memory.c_str());
    return Fail(fmt::format("{}: {}", pids, strerror(error)));
  }
  WriteText(memory + "/memory.use_hierarchy", "1");
  // CPU time is counted where that is allowed too; otherwise the agent counts it.
  std::string cpu;
  if (const std::string cpu_mount = MountPoint("cgroup", "cpuacct"); !cpu_mount.empty()) {
    cpu = cpu_mount + OwnGroup("cpuacct") + "/" + name;
    if (mkdir(cpu.c_str(), 0755) != 0 && errno != EEXIST) cpu.clear();
  }
  return std::shared_ptr<CgroupParent>(new CgroupParent(memory, pids, cpu, 1));
}

CgroupParent::CgroupParent(std::string memory, std::string pids, std::string cpu, int version)
    : memory_(std::move(memory)), pids_(std::move(pids)), cpu_(std::move(cpu)), version_(version) {
  held_[0] = OpenFolder(memory_);
  held_[1] = OpenFolder(pids_);
  if (!cpu_.empty()) held_[2] = OpenFolder(cpu_);
  for (const UniqueFd& folder : held_) {
    if (folder.valid()) flock(folder.get(), LOCK_SH | LOCK_NB);
  }
  RemoveAbandoned(std::filesystem::path(memory_).parent_path());
  if (pids_ != memory_) RemoveAbandoned(std::filesystem::path(pids_).parent_path());
  if (!cpu_.empty() && cpu_ != memory_) {
    RemoveAbandoned(std::filesystem::path(cpu_).parent_path());
  }
}

CgroupParent::~CgroupParent() {
  rmdir(memory_.c_str());
  if (pids_ != memory_) rmdir(pids_.c_str());
  if (!cpu_.empty() && cpu_ != memory_) rmdir(cpu_.c_str());
}

std::unique_ptr<Cgroup> CgroupParent::MakeChild(const std::string& name) const {
  return std::make_unique<Cgroup>(memory_ + "/" + name, pids_ + "/" + name,
                                  cpu_.empty() ? cpu_ : cpu_ + "/" + name, version_);
}

}  // namespace tesuji::verifier
