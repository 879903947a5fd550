#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

std::unique_ptr<Container>& Workplace::ContainerFor(ContainerKind kind, const RunSpec& spec) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (kind == ContainerKind::kTool) return containers_["tool"];
  return containers_[CanStartAhead(spec) ? spec.argv.front() : "run"];
}

RunResult Workplace::Run(ContainerKind kind, const RunSpec& spec, int attempts) {
  std::unique_ptr<Container>& container = ContainerFor(kind, spec);
  const auto replace = [&](std::unique_ptr<Container> other) {
    const std::lock_guard<std::mutex> lock(mutex_);
    container.swap(other);  // The old one ends here, out of reach of Cancel().
  };
  RunResult result;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (container == nullptr || container->broken()) {
      if (container != nullptr) ++restarts_;
      replace(nullptr);
      auto started = Container::Start(sandbox_, kind, number_, mounts_);
      if (!started) {
        result.broken = started.error().message;
        continue;
      }
      replace(std::move(*started));
    }
    result = container->Run(spec);
    if (result.broken.empty()) break;
    const std::lock_guard<std::mutex> lock(mutex_);
    last_failure_ = result.broken;
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
