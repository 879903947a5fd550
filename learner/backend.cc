#include "learner/backend.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "core/version.h"
#include "learner/self_check.h"

namespace tesuji::learner {
namespace {

constexpr const char* kLibrary = "libtesuji_torch.so";  // Found by the program's RPATH.

const Backend& Load() {
  // It stays loaded to the end, as its threads do.
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw MachineError(fmt::format("LibTorch cannot be loaded: {}", dlerror()));
  }
  const auto backend =
      reinterpret_cast<decltype(&TesujiLearnerBackend)>(dlsym(library, "TesujiLearnerBackend"));
  if (backend == nullptr || backend()->version != kSoftwareVersion) {
    throw MachineError(fmt::format("{} does not belong to this tesuji {}; install both again",
                                   kLibrary, kSoftwareVersion));
  }
  return *backend();
}

const Backend& Torch() {
  static const Backend& backend = Load();
  return backend;
}

}  // namespace

Result<std::shared_ptr<const Network>> Network::Load(std::string_view weights,
                                                     const env::Spec& spec) {
  return Torch().load_network(weights, spec);
}

Result<std::unique_ptr<Trainer>> Trainer::Create(const env::Environment& environment,
                                                 const TrainerOptions& options) {
  return Torch().create_trainer(environment, options);
}

Result<std::unique_ptr<Trainer>> Trainer::Restore(const env::Environment& environment,
                                                  const TrainerOptions& options,
                                                  std::string_view learner_state) {
  return Torch().restore_trainer(environment, options, learner_state);
}

EvaluatorBenchResult BenchEvaluator(const env::Environment& environment,
                                    const EvaluatorBenchOptions& options) {
  return Torch().bench_evaluator(environment, options);
}

TrainerBenchResult BenchTrainer(const env::Environment& environment,
                                const TrainerBenchOptions& options) {
  return Torch().bench_trainer(environment, options);
}

Result<double> FoldingError(std::string_view weights, const env::Spec& spec,
                            std::span<const float> observations, int rows) {
  return Torch().folding_error(weights, spec, observations, rows);
}

double OptimizerError(int steps) { return Torch().optimizer_error(steps); }

}  // namespace tesuji::learner
