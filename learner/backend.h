// What learner/torch/ does for the rest of the program, which loads it when it is first asked for:
// LibTorch brings some 300 libraries, whose start takes longer than most commands run.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "core/result.h"
#include "env/environment.h"
#include "learner/bench.h"
#include "learner/model.h"
#include "learner/trainer.h"

namespace tesuji::learner {

/// The functions of model.h, trainer.h, bench.h and self_check.h that need LibTorch.
struct Backend {
  std::string_view version;  ///< kSoftwareVersion of the build.
  decltype(&Network::Load) load_network;
  decltype(&Trainer::Create) create_trainer;
  decltype(&Trainer::Restore) restore_trainer;
  decltype(&BenchEvaluator) bench_evaluator;
  decltype(&BenchTrainer) bench_trainer;
  Result<double> (*folding_error)(std::string_view weights, const env::Spec& spec,
                                  std::span<const float> observations, int rows);
  double (*optimizer_error)(int steps);
};

}  // namespace tesuji::learner

/// The only symbol that the program looks up in libtesuji_torch.so. Never null.
extern "C" const tesuji::learner::Backend* TesujiLearnerBackend();
