// In this library the functions are the real ones, which learner/backend.cc stands in for
// elsewhere.
#include "learner/backend.h"

#include "core/version.h"
#include "learner/self_check.h"
#include "learner/torch/processor.h"

const tesuji::learner::Backend* TesujiLearnerBackend() {
  using namespace tesuji::learner;  // NOLINT(google-build-using-namespace): one function.
  KeepFreedMemory();
  static constexpr Backend kBackend = {
      .version = tesuji::kSoftwareVersion,
      .build = TESUJI_PLUGIN_BUILD,
      .layout = BackendLayout(),
      .load_network = &Network::Load,
      .create_trainer = &Trainer::Create,
      .restore_trainer = &Trainer::Restore,
      .bench_evaluator = &BenchEvaluator,
      .folding_error = &FoldingError,
      .optimizer_error = &OptimizerError,
      .require_device = [](const Device& device) { CallLibTorch([&] { ChooseDevice(device); }); },
  };
  return &kBackend;
}
