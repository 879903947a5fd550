#include "verifier/sandbox/sandbox.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include "verifier/sandbox/container.h"
#include "verifier/sandbox/embedded_agent.h"

namespace tesuji::verifier {
namespace {

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Known switches that turn unprivileged user namespaces off, to say more than "EPERM".
std::string NamespaceHint() {
  if (FirstLine("/proc/sys/kernel/unprivileged_userns_clone") == "0") {
    return "; kernel.unprivileged_userns_clone is 0, set it to 1";
  }
  if (FirstLine("/proc/sys/user/max_user_namespaces") == "0") {
    return "; user.max_user_namespaces is 0, raise it";
  }
  if (FirstLine("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1") {
    return "; AppArmor restricts user namespaces, allow them for bwrap";
  }
  return "";
}

/// Whether a user who owns nothing can reach `path`: containers of root run as one.
bool OthersReach(const std::filesystem::path& path) {
  std::error_code error;
  for (auto part = path; part != part.root_path(); part = part.parent_path()) {
    const auto state = std::filesystem::status(part, error);
    const auto wanted = std::filesystem::is_directory(state) ? std::filesystem::perms::others_exec
                                                             : std::filesystem::perms::others_read;
    if (error || (state.permissions() & wanted) == std::filesystem::perms::none) return false;
  }
  return true;
}

constexpr char kRefusal[] =
    "the sandbox cannot work here: {}; to run hostile programs without isolation after all, say "
    "--no-isolation";

}  // namespace

Result<Mount> ToolchainMount(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path clean = fs::path(path).lexically_normal();
  if (!clean.is_absolute()) {
    return Fail(fmt::format("'{}' cannot be mounted: an absolute path is expected", path));
  }
  std::string place = clean.string();
  while (place.size() > 1 && place.back() == '/') place.pop_back();
  std::string top = "/";
  if (const auto first = ++clean.begin(); first != clean.end()) top += first->string();
  for (const char* own : {"/", "/proc", "/dev", "/sys", "/box", "/tmp", "/agent", "/pch"}) {
    if (top == own) {
      return Fail(fmt::format("'{}' cannot be mounted: {} is the sandbox's own", path, own));
    }
  }
  std::error_code error;
  if (!fs::exists(place, error)) {
    return Fail(fmt::format("'{}' cannot be mounted: it does not exist", path));
  }
  const fs::path real = fs::canonical(place, error);
  if (error) return Fail(fmt::format("'{}' cannot be mounted: {}", path, error.message()));
  if (geteuid() == 0 && !OthersReach(real)) {
    return Fail(fmt::format(
        "'{}' cannot be mounted: other users may not enter it, and containers run as one", path));
  }
  // A link below a folder that containers see is there already: what it means is missing.
  for (const std::string& seen : SandboxOptions{}.run_folders) {
    if (place.starts_with(seen + "/")) place = real.string();
  }
  return Mount{real.string(), place, /*programs_see=*/true};
}

Result<std::shared_ptr<const Sandbox>> Sandbox::Open(SandboxOptions options) {
  std::shared_ptr<Sandbox> sandbox(new Sandbox(std::move(options)));
  const SandboxOptions& chosen = sandbox->options_;
  sandbox->agent_ = MakeMemoryFile(EmbeddedAgent(), "tesuji-agent");
  std::string no_cgroup = "switched off";
  if (sandbox->isolated()) {
    if (access(chosen.bubblewrap.c_str(), X_OK) != 0) {
      return Fail(fmt::format(
          kRefusal, fmt::format("{} is missing (install bubblewrap)", chosen.bubblewrap)));
    }
    if (prctl(PR_GET_SECCOMP) < 0 && errno == EINVAL) {
      return Fail(fmt::format(kRefusal, "this kernel has no seccomp"));
    }
    sandbox->run_filter_ = MakeMemoryFile(MakeSeccompFilter(ContainerKind::kRun), "filter");
    sandbox->tool_filter_ = MakeMemoryFile(MakeSeccompFilter(ContainerKind::kTool), "filter");
    if (chosen.use_cgroups) {
      auto cgroups = CgroupParent::Detect();
      if (cgroups) {
        sandbox->cgroups_ = *cgroups;
      } else {
        no_cgroup = cgroups.error().message;
      }
    }
  }
  const bool grouped = sandbox->cgroups_ != nullptr;
  const std::string fallback = fmt::format("polling (no control group: {})", no_cgroup);
  sandbox->isolation_ = {
      {"isolated", sandbox->isolated()},
      {"namespaces", sandbox->isolated() ? Json({"user", "mount", "pid", "network", "ipc", "uts"})
                                         : Json::array()},
      {"seccomp", sandbox->isolated()},
      {"memory", grouped ? fmt::format("cgroup v{}", sandbox->cgroups_->version()) : fallback},
      {"cpu_time", grouped && sandbox->cgroups_->counts_cpu() ? "cgroup" : "looking at processes"},
      {"processes", grouped ? "cgroup and RLIMIT_NPROC" : "RLIMIT_NPROC"},
      {"as_root", geteuid() == 0}};

  // Believe nothing: start a container of each kind and run something in it.
  for (const ContainerKind kind : {ContainerKind::kRun, ContainerKind::kTool}) {
    auto container = Container::Start(sandbox, kind, 0, {});
    if (!container) {
      return Fail(fmt::format(kRefusal, container.error().message + NamespaceHint()));
    }
    RunSpec spec;
    spec.argv = {"/usr/bin/true"};
    const RunResult result = (*container)->Run(spec);
    if (!result.ExitedWith(0)) {
      return Fail(fmt::format(kRefusal, "a trial run ended with " + DescribeEnding(result)));
    }
  }
  return std::shared_ptr<const Sandbox>(sandbox);
}

}  // namespace tesuji::verifier
