#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

RunResult Workplace::Run(ContainerKind kind, const RunSpec& spec, int attempts) {
  std::unique_ptr<Container>& container = containers_[kind == ContainerKind::kRun ? 0 : 1];
  RunResult result;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (container == nullptr || container->broken()) {
      if (container != nullptr) ++restarts_;
      container.reset();
      auto started =
          Container::Start(sandbox_, kind, number_,
                           kind == ContainerKind::kTool ? tool_mounts_ : std::vector<Mount>{});
      if (!started) {
        result.broken = started.error().message;
        continue;
      }
      container = std::move(*started);
    }
    result = container->Run(spec);
    if (result.broken.empty()) break;
  }
  return result;
}

void Workplace::Cancel() {
  for (const auto& container : containers_) {
    if (container != nullptr) container->Cancel();
  }
}

pid_t Workplace::outer_pid(ContainerKind kind) const {
  const auto& container = containers_[kind == ContainerKind::kRun ? 0 : 1];
  return container == nullptr ? 0 : container->outer_pid();
}

}  // namespace tesuji::verifier
