#include "learner/bench.h"

#include <algorithm>

#include "learner/architecture.h"
#include "learner/torch/folded_network.h"
#include "learner/torch/parameters.h"
#include "learner/torch/processor.h"

namespace tesuji::learner {
namespace {

using Clock = std::chrono::steady_clock;

/// Calls `work` for about `duration` after a warm-up; calls a second.
template <class Work>
double CallsPerSecond(std::chrono::milliseconds duration, Work work) {
  for (int i = 0; i < 5; ++i) work();
  const auto start = Clock::now();
  std::int64_t calls = 0;
  do {
    work();
    ++calls;
  } while (Clock::now() - start < duration);
  return static_cast<double>(calls) / std::chrono::duration<double>(Clock::now() - start).count();
}

/// A random game whose every move is a target.
env::Trajectory RandomGame(const env::Environment& environment, RandomStream* random) {
  env::Trajectory game;
  game.task = environment.SampleTask(*random);
  auto state = environment.NewState(game.task);
  if (!state) throw MachineError(state.error().message);
  std::vector<env::Action> legal;
  while ((*state)->phase() == env::Phase::kOngoing) {
    env::Step step;
    (*state)->LegalActions(&legal);
    step.action = legal[random->Below(legal.size())];
    step.is_target = true;
    step.policy = {{step.action, 1.0F}};
    (*state)->Apply(step.action);
    game.steps.push_back(std::move(step));
  }
  game.outcome.value = (*state)->Value();
  if (environment.spec().has_ownership) game.outcome.ownership = (*state)->Targets().ownership;
  return game;
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
  const auto half = options.duration / 2;
  const double batches =
      CallsPerSecond(half, [&] {
        network.Run(network.MakeInput(observations, options.batch), false, &output);
      });
  const std::int64_t channels = options.network.channels;
  const auto layout = at::MemoryFormat::ChannelsLast;
  const auto x =
      torch::rand({options.batch, channels, spec.observation.height, spec.observation.width})
          .contiguous(layout);
  const auto weight = torch::rand({channels, channels, 3, 3}).contiguous(layout);
  const auto bias = torch::rand({channels});
  const double calls = CallsPerSecond(half, [&] { torch::conv2d(x, weight, bias, 1, 1); });

  EvaluatorBenchResult result;
  result.positions_per_second = batches * options.batch;
  result.gflops = result.positions_per_second *
                  static_cast<double>(2 * ConvolutionMacs(spec, options.network)) * 1e-9;
  result.bare_gflops = calls * options.batch * 2e-9 * static_cast<double>(channels * channels * 9) *
                       spec.observation.cells();
  return result;
}

TrainerBenchResult BenchTrainer(const env::Environment& environment,
                                const TrainerBenchOptions& options) {
  ReplayWindow window(environment, {});
  RandomStream random(1);
  for (int i = 0; i < 50; ++i) window.Add(RandomGame(environment, &random));
  auto trainer = Trainer::Create(environment, options.trainer);
  if (!trainer) throw MachineError(trainer.error().message);
  (*trainer)->Train(&window, 2, {});
  const auto end = Clock::now() + options.duration;
  const auto report =
      (*trainer)->Train(&window, 1'000'000'000, [&] { return Clock::now() >= end; });
  return {report.rows_per_second};
}

}  // namespace tesuji::learner
