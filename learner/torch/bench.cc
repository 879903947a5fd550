#include "learner/bench.h"

#include <algorithm>

#include "learner/architecture.h"
#include "learner/torch/folded_network.h"
#include "learner/torch/parameters.h"
#include "learner/torch/processor.h"

namespace tesuji::learner {
namespace {

using Clock = std::chrono::steady_clock;

/// Calls a second over one slice of time.
template <class Work>
double CallsPerSecond(std::chrono::milliseconds duration, const Work& work) {
  const auto start = Clock::now();
  std::int64_t calls = 0;
  do {
    work();
    ++calls;
  } while (Clock::now() - start < duration);
  return static_cast<double>(calls) / std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

EvaluatorBenchResult BenchEvaluator(const env::Environment& environment,
                                    const EvaluatorBenchOptions& options) {
  const auto& spec = environment.spec();
  UseThreads(1);
  const FoldedNetwork network(spec, options.network, InitialTensors(spec, options.network, 1),
                              at::Device(at::kCPU));
  RandomStream random(1);
  std::vector<float> observations(static_cast<std::size_t>(options.batch) *
                                  static_cast<std::size_t>(spec.observation.size()));
  for (float& value : observations) value = random.Chance(0.3) ? 1.0F : 0.0F;
  const c10::InferenceMode guard;
  RawOutput output;
  const std::int64_t channels = options.network.channels;
  const auto layout = at::MemoryFormat::ChannelsLast;
  const auto x =
      torch::rand({options.batch, channels, spec.observation.height, spec.observation.width})
          .contiguous(layout);
  const auto weight = torch::rand({channels, channels, 3, 3}).contiguous(layout);
  const auto bias = torch::rand({channels});
  // Slices in turn and the best of each: what else runs on the machine then hurts both alike.
  constexpr int kSlices = 10;
  const auto slice = options.duration / (2 * kSlices);
  double batches = 0;
  double calls = 0;
  for (int i = 0; i < kSlices; ++i) {
    batches =
        std::max(batches, CallsPerSecond(slice, [&] {
                   network.Run(network.MakeInput(observations, options.batch), false, &output);
                 }));
    calls = std::max(calls, CallsPerSecond(slice, [&] { torch::conv2d(x, weight, bias, 1, 1); }));
  }

  EvaluatorBenchResult result;
  result.positions_per_second = batches * options.batch;
  result.gflops = result.positions_per_second *
                  static_cast<double>(2 * ConvolutionMacs(spec, options.network)) * 1e-9;
  result.bare_gflops = calls * options.batch * 2e-9 * static_cast<double>(channels * channels * 9) *
                       spec.observation.cells();
  return result;
}

}  // namespace tesuji::learner
