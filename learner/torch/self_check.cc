#include "learner/self_check.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "learner/architecture.h"
#include "learner/torch/folded_network.h"
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

}  // namespace tesuji::learner
