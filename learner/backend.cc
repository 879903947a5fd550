#include "learner/backend.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string>
#include <system_error>

#include "core/program_folder.h"
#include "core/version.h"
#include "learner/self_check.h"

namespace tesuji::learner {
namespace {

constexpr const char* kLibrary = "libtesuji_torch.so";
// Seen from the program's folder: in a build folder, and as installed.
constexpr std::array kFolders = {"../lib", TESUJI_TORCH_FOLDER};

/// An absolute path, since RPATHs are not heeded under sanitizers, whose own dlopen asks for it.
/// Without any, the bare name: the system's loader may still know it.
std::string FindLibrary() {
  const auto program = ProgramFolder();
  for (const char* folder : kFolders) {
    const auto path = (program / folder / kLibrary).lexically_normal();
    std::error_code failed;
    if (std::filesystem::exists(path, failed)) return path.string();
  }
  return kLibrary;
}

const Backend& Load() {
  const std::string path = FindLibrary();
  // It stays loaded to the end, as its threads do.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw MachineError(fmt::format(
        "networks need LibTorch, which cannot be loaded: {}; {} belongs into {} or {} beside the "
        "program: install tesuji again (cmake --install) instead of copying the program alone",
        dlerror(), kLibrary, kFolders[0], kFolders[1]));
  }
  const auto backend =
      reinterpret_cast<decltype(&TesujiLearnerBackend)>(dlsym(library, "TesujiLearnerBackend"));
  if (backend == nullptr || backend()->version != kSoftwareVersion ||
      backend()->build != TESUJI_PLUGIN_BUILD || backend()->layout != BackendLayout()) {
    throw MachineError(fmt::format("{} does not belong to this tesuji {}; install both again", path,
                                   kSoftwareVersion));
  }
  return *backend();
}

const Backend& Torch() {
  static const Backend& backend = Load();
  return backend;
}

}  // namespace

void RequireBackend(const Device& device) { Torch().require_device(device); }

Result<std::shared_ptr<const Network>> Network::Load(std::string_view weights,
                                                     const env::Spec& spec, const Device& device) {
  return Torch().load_network(weights, spec, device);
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

Result<double> FoldingError(std::string_view weights, const env::Spec& spec,
                            std::span<const float> observations, int rows) {
  return Torch().folding_error(weights, spec, observations, rows);
}

double OptimizerError(int steps) { return Torch().optimizer_error(steps); }

}  // namespace tesuji::learner
