#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

std::unique_ptr<Container>& Workplace::ContainerFor(ContainerKind kind, const RunSpec& spec) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (kind == ContainerKind::kTool) return containers_["tool"];
  return containers_[CanStartAhead(spec) ? spec.argv.front() : "run"];
}

Status Workplace::Prepare(ContainerKind kind, const RunSpec& spec) {
  std::unique_ptr<Container>& container = ContainerFor(kind, spec);
  if (container != nullptr && !container->broken()) return {};
  const auto replace = [&](std::unique_ptr<Container> other) {
    const std::lock_guard<std::mutex> lock(mutex_);
    container.swap(other);  // The old one ends here, out of reach of Cancel().
  };
  if (container != nullptr) ++restarts_;
  replace(nullptr);
  auto started = Container::Start(sandbox_, kind, number_, mounts_);
  if (!started) return tl::unexpected(started.error());
  replace(std::move(*started));
  return {};
}

RunResult Workplace::Run(ContainerKind kind, const RunSpec& spec, int attempts) {
  RunResult result;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (Status ready = Prepare(kind, spec); !ready) {
      result.broken = ready.error().message;
      continue;
    }
    result = ContainerFor(kind, spec)->Run(spec);
    if (result.broken.empty()) break;
  }
  return result;
}

void Workplace::Cancel() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [name, container] : containers_) {
    if (container != nullptr) container->Cancel();
  }
}

std::vector<pid_t> Workplace::outer_pids() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<pid_t> pids;
  for (const auto& [name, container] : containers_) {
    if (container != nullptr) pids.push_back(container->outer_pid());
  }
  return pids;
}

}  // namespace tesuji::verifier
