// One judging lane's containers: one for programs under test, one for tools, and one for each
// interpreter that is started ahead of its runs, so that no other program meets it. Broken
// containers are replaced and the run is repeated, so that a machine hiccup does not become a
// verdict.
// Thread-safety: one thread at a time, but for the two containers of an interactive pair, which
// may run at the same time, and Cancel().
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "verifier/sandbox/container.h"

namespace tesuji::verifier {

class Workplace {
 public:
  Workplace(std::shared_ptr<const Sandbox> sandbox, int number, std::vector<Mount> mounts)
      : sandbox_(std::move(sandbox)), number_(number), mounts_(std::move(mounts)) {}

  /// Makes sure that the run's container is there and not known to be broken: starting one takes
  /// long.
  Status Prepare(ContainerKind kind, const RunSpec& spec);
  /// Runs in the container for programs (kRun) or tools; up to `attempts` times while the sandbox
  /// fails. The result's `broken` is not empty when all of them failed.
  RunResult Run(ContainerKind kind, const RunSpec& spec, int attempts = 3);
  void Cancel();
  const Sandbox& sandbox() const { return *sandbox_; }
  int restarts() const { return restarts_; }
  /// The outermost processes of the containers; for fault tests.
  std::vector<pid_t> outer_pids() const;

 private:
  std::unique_ptr<Container>& ContainerFor(ContainerKind kind, const RunSpec& spec);

  std::shared_ptr<const Sandbox> sandbox_;
  int number_;
  std::vector<Mount> mounts_;  ///< Fixed: a new table of languages needs a new workplace.
  mutable std::mutex mutex_;   ///< For which containers there are, not for what they do.
  /// "run", "tool", and by its path each interpreter that is started ahead. Entries stay.
  std::map<std::string, std::unique_ptr<Container>> containers_;
  std::atomic<int> restarts_{0};
};

}  // namespace tesuji::verifier
