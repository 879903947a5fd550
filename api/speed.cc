#include "api/speed.h"

#include <memory>
#include <vector>

namespace tesuji::env {
namespace {

using Clock = std::chrono::steady_clock;

// Nanoseconds of a call, the clock's own included: tens of them.
template <class F>
double Time(F&& call) {
  const auto start = Clock::now();
  call();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

}  // namespace

EnvironmentSpeed MeasureEnvironment(const Environment& environment, std::uint64_t seed,
                                    std::chrono::duration<double> duration) {
  EnvironmentSpeed sums;
  std::vector<float> observation(environment.spec().observation.size());
  std::vector<Action> legal;
  std::vector<ChanceOutcome> outcomes;
  double steps = 0;
  double episodes = 0;
  const auto started = Clock::now();
  while (Clock::now() - started < duration) {
    RandomStream random({seed, static_cast<std::uint64_t>(episodes)});
    auto made = environment.NewState(environment.SampleTask(random));
    if (!made) return {};
    std::unique_ptr<State> state = std::move(*made);
    while (state->phase() == Phase::kOngoing) {
      const bool chance = state->to_play() == Player::kChance;
      sums.legal_ns +=
          Time([&] { chance ? state->ChanceOutcomes(&outcomes) : state->LegalActions(&legal); });
      if (chance) {
        legal.clear();
        for (const auto& outcome : outcomes) legal.push_back(outcome.action);
      }
      sums.encode_ns += Time([&] { state->Encode(observation); });
      sums.fingerprint_ns += Time([&] { state->Fingerprint(); });
      std::unique_ptr<State> next;
      sums.clone_ns += Time([&] { next = state->Clone(); });
      const Action action = legal[random.Below(legal.size())];
      sums.apply_ns += Time([&] { next->Apply(action); });
      state = std::move(next);
      ++steps;
    }
    ++episodes;
  }
  const double step_ns = sums.legal_ns + sums.encode_ns + sums.clone_ns + sums.apply_ns;
  return {.steps_per_second = steps * 1e9 / step_ns,
          .legal_ns = sums.legal_ns / steps,
          .encode_ns = sums.encode_ns / steps,
          .clone_ns = sums.clone_ns / steps,
          .apply_ns = sums.apply_ns / steps,
          .fingerprint_ns = sums.fingerprint_ns / steps,
          .steps_per_episode = steps / episodes};
}

}  // namespace tesuji::env
