// Memory and process limits and the CPU time of whole containers, where the machine hands out
// control groups (version 2 or 1). Where it does not, Detect() says why and containers fall back to
// polling.
// Failure: creating throws MachineError; reading a counter that vanished gives 0.
// Thread-safety: one CgroupParent may be shared; a Cgroup belongs to one container.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/result.h"
#include "verifier/sandbox/unique_fd.h"

namespace tesuji::verifier {

/// One container's group; removed with the object (its processes must be gone by then).
class Cgroup {
 public:
  /// Folders to be made; `cpu` may be empty: then nothing counts CPU time.
  Cgroup(std::string memory, std::string pids, std::string cpu, int version);
  ~Cgroup();
  Cgroup(const Cgroup&) = delete;
  Cgroup& operator=(const Cgroup&) = delete;

  /// Files into which a process writes "0" to join.
  const std::string& memory_procs() const { return memory_procs_; }
  const std::string& pids_procs() const { return pids_procs_; }
  const std::string& cpu_procs() const { return cpu_procs_; }
  /// Tells the CPU time of everything that was ever in the group; -1 when nothing counts it.
  int cpu_counter() const { return cpu_counter_.get(); }

  /// Sets the limits for the next run; false when the kernel refuses.
  bool SetLimits(std::int64_t memory_bytes, int processes);
  /// Processes killed for memory since the group was made.
  std::int64_t OomKills() const;

 private:
  bool WriteLimits(std::int64_t memory_bytes, int processes);

  std::string memory_;
  std::string pids_;
  std::string cpu_;
  std::string memory_procs_;
  std::string pids_procs_;
  std::string cpu_procs_;
  UniqueFd cpu_counter_;
  UniqueFd oom_events_;  ///< Read after every run, so it stays open.
  int version_;
  std::int64_t memory_bytes_ = 0;  ///< The limits that hold now; most runs want the same again.
  int processes_ = 0;
};

/// The folder(s) below which this judge may make groups; removed with the object, or, when the
/// judge is killed, by the next one.
class CgroupParent {
 public:
  /// Finds what is delegated to us, by trying; fails with the reason.
  static Result<std::shared_ptr<CgroupParent>> Detect();
  ~CgroupParent();
  CgroupParent(const CgroupParent&) = delete;
  CgroupParent& operator=(const CgroupParent&) = delete;

  int version() const { return version_; }
  bool counts_cpu() const { return !cpu_.empty(); }
  std::unique_ptr<Cgroup> MakeChild(const std::string& name) const;

 private:
  CgroupParent(std::string memory, std::string pids, std::string cpu, int version);

  std::string memory_;
  std::string pids_;  ///< Equal to memory_ in version 2.
  std::string cpu_;   ///< Likewise; empty when nothing counts CPU time.
  int version_;
  UniqueFd held_[3];  ///< Locks that last as long as we do: others leave the folders alone.
};

}  // namespace tesuji::verifier
