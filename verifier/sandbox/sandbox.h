// What this machine can isolate, found out by trying, and the settings all containers share.
//
// Namespaces and seccomp are required: without them Open() fails with a line that says what is
// missing, unless the caller demands to run without isolation, which then marks every result.
// Control groups are used when the machine delegates them; otherwise polling takes their
// place, and `isolation()` says so.
// Thread-safety: immutable after Open(); shared by all containers.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "verifier/sandbox/cgroup.h"
#include "verifier/sandbox/seccomp_filter.h"
#include "verifier/sandbox/unique_fd.h"

namespace tesuji::verifier {

/// A folder or file of this machine that containers see read-only. They are given when a container
/// is made and cannot change later.
struct Mount {
  std::string from;
  std::string to;
  /// False: only compilers and validators see it.
  bool programs_see = false;
};

/// A toolchain's folder outside the folders of SandboxOptions (`/opt/jdk`), at the same path in
/// both containers of a lane. Fails with the reason when a container cannot have it: it is no
/// absolute path, is not there, has a place the sandbox needs itself (`/`, `/proc`, `/dev`, `/box`,
/// `/tmp`,
/// `/agent`, `/pch`), or, when we are root, lies where other users may not enter.
Result<Mount> ToolchainMount(const std::string& path);

struct SandboxOptions {
  /// Run without namespaces and seccomp. Anything may happen to the machine.
  bool without_isolation = false;
  bool use_cgroups = true;
  /// Folders (or files) of the system that programs under test see, where they exist.
  std::vector<std::string> run_folders = {"/usr/lib",    "/usr/lib32", "/usr/lib64",
                                          "/usr/libx32", "/usr/bin",   "/etc/ld.so.cache"};
  /// What compilers and validators see besides.
  std::vector<std::string> tool_folders = {"/usr/include", "/usr/libexec", "/usr/share/python3",
                                           "/etc/alternatives"};
  std::string bubblewrap = "/usr/bin/bwrap";
  /// When we are root, containers run as this user id plus their number.
  unsigned first_user = 61'700;
};

class Sandbox {
 public:
  static Result<std::shared_ptr<const Sandbox>> Open(SandboxOptions options);

  const SandboxOptions& options() const { return options_; }
  bool isolated() const { return !options_.without_isolation; }
  const CgroupParent* cgroups() const { return cgroups_.get(); }
  int filter_fd(ContainerKind kind) const {
    return kind == ContainerKind::kRun ? run_filter_.get() : tool_filter_.get();
  }
  int agent_fd() const { return agent_.get(); }
  /// What is in force, for evidence: {"isolated", "namespaces", "seccomp", "memory", …}.
  const Json& isolation() const { return isolation_; }

 private:
  explicit Sandbox(SandboxOptions options) : options_(std::move(options)) {}

  SandboxOptions options_;
  std::shared_ptr<CgroupParent> cgroups_;
  UniqueFd run_filter_;
  UniqueFd tool_filter_;
  UniqueFd agent_;
  Json isolation_;
};

}  // namespace tesuji::verifier
