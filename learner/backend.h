// What learner/torch/ does for the rest of the program, which loads it when it is first asked for:
// LibTorch brings some 300 libraries, whose start takes longer than most commands run.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "api/environment.h"
#include "api/plugin.h"
#include "core/result.h"
#include "learner/bench.h"
#include "learner/compact_episode.h"
#include "learner/model.h"
#include "learner/trainer.h"

namespace tesuji::learner {

/// The functions of model.h, trainer.h, bench.h and self_check.h that need LibTorch.
struct Backend {
  std::string_view version;  ///< kSoftwareVersion of the build.
  std::string_view build;    ///< TESUJI_PLUGIN_BUILD.
  std::uint64_t layout;      ///< BackendLayout().
  decltype(&Network::Load) load_network;
  decltype(&Trainer::Create) create_trainer;
  decltype(&Trainer::Restore) restore_trainer;
  decltype(&BenchEvaluator) bench_evaluator;
  Result<double> (*folding_error)(std::string_view weights, const env::Spec& spec,
                                  std::span<const float> observations, int rows);
  double (*optimizer_error)(int steps);
  void (*require_device)(const Device& device);
};

/// Sizes of the types that cross the border, so that a library of another commit is refused.
constexpr std::uint64_t BackendLayout() {
  return env::LayoutHash(
      {sizeof(Backend), sizeof(NetworkConfig), sizeof(EvaluatorOptions), sizeof(Network),
       sizeof(TrainerOptions), sizeof(Trainer), sizeof(TrainingReport), sizeof(EpisodeRow),
       sizeof(EvaluatorBenchOptions), sizeof(EvaluatorBenchResult)},
      env::PluginLayout());
}

/// Loads LibTorch unless it is loaded and looks for the device, for work that would otherwise leave
/// something half begun. Throws MachineError where it cannot be loaded or the device is missing, as
/// everything does that needs a network.
void RequireBackend(const Device& device);

}  // namespace tesuji::learner

/// The only symbol that the program looks up in libtesuji_torch.so. Never null.
extern "C" const tesuji::learner::Backend* TesujiLearnerBackend();
