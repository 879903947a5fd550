#include "learner/self_check.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <vector>

#include "learner/architecture.h"
#include "learner/torch/folded_network.h"
#include "learner/torch/optimizer_steps.h"
#include "learner/torch/processor.h"
#include "learner/torch/training_network.h"

namespace tesuji::learner {
namespace {

double LargestDifference(const std::vector<float>& folded, const torch::Tensor& reference) {
  const FloatTensor expected = FromTorch(reference);
  assert(folded.size() == expected.values.size());
  double largest = 0;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const double size = std::max(1.0, std::abs(static_cast<double>(expected.values[i])));
    const double error = std::abs(folded[i] - expected.values[i]) / size;
    // A comparison with NaN is false, so an overflow must not look like agreement.
    largest = error <= largest ? largest : error;
  }
  return largest;
}

}  // namespace

Result<double> FoldingError(std::string_view weights, const env::Spec& spec,
                            std::span<const float> observations, int rows) {
  const auto file = SafetensorsView::Parse(weights);
  if (!file) return tl::unexpected(file.error());
  const auto config = CheckWeightsMetadata(file->metadata(), spec);
  if (!config) return tl::unexpected(config.error());
  const auto tensors = ReadTensors(*file, spec, *config);
  if (!tensors) return tl::unexpected(tensors.error());
  double largest = 0;
  CallLibTorch([&] {
    UseThreads(1);
    const torch::NoGradGuard guard;
    const FoldedNetwork network(spec, *config, *tensors, at::Device(at::kCPU));
    RawOutput folded;
    network.Run(network.MakeInput(observations, rows), /*ownership=*/true, &folded);
    const env::ObservationShape& shape = spec.observation;
    const torch::Tensor input =
        ToTorch(FloatTensor{{rows, shape.planes, shape.height, shape.width},
                            std::vector<float>(observations.begin(), observations.end())});
    TorchTensors unfolded = ToTorch(*tensors);
    const TrainingOutput reference = Forward(spec, *config, &unfolded, input, /*training=*/false);
    largest = std::max({LargestDifference(folded.policy, reference.policy),
                        LargestDifference(folded.outcome, reference.outcome)});
    if (spec.has_score) {
      largest = std::max(largest, LargestDifference(folded.score, reference.score));
    }
    if (spec.has_ownership) {
      largest = std::max(largest, LargestDifference(folded.ownership, reference.ownership.tanh()));
    }
  });
  return largest;
}

double OptimizerError(int steps) {
  double largest = 0;
  CallLibTorch([&] {
    torch::manual_seed(1);
    constexpr StepOptions kStep{.rate = 0.01, .momentum = 0.9, .decay = 0.1};
    for (const bool adam : {false, true}) {
      torch::Tensor ours = torch::randn({50});
      const torch::Tensor theirs = ours.clone().set_requires_grad(true);
      torch::Tensor momentum = torch::zeros_like(ours);
      torch::Tensor square = torch::zeros_like(ours);
      std::unique_ptr<torch::optim::Optimizer> reference;
      if (adam) {
        reference = std::make_unique<torch::optim::AdamW>(
            std::vector<torch::Tensor>{theirs},
            torch::optim::AdamWOptions(kStep.rate).weight_decay(kStep.decay));
      } else {
        reference = std::make_unique<torch::optim::SGD>(std::vector<torch::Tensor>{theirs},
                                                        torch::optim::SGDOptions(kStep.rate)
                                                            .momentum(kStep.momentum)
                                                            .nesterov(true)
                                                            .weight_decay(kStep.decay));
      }
      for (int step = 1; step <= steps; ++step) {
        const torch::Tensor gradient = torch::randn({50}) * step;
        theirs.mutable_grad() = gradient.clone();
        reference->step();
        const torch::NoGradGuard guard;
        if (adam) {
          StepOfAdam(kStep, step, gradient, &momentum, &square, &ours);
        } else {
          StepOfSgd(kStep, gradient, &momentum, &ours);
        }
      }
      largest = std::max(largest, (ours - theirs).abs().max().item<double>());
    }
  });
  return largest;
}

}  // namespace tesuji::learner
