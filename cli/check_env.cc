#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "cli/command.h"
#include "core/random.h"
#include "env/contract.h"

namespace tesuji::cli {
namespace {

struct CheckArguments {
  std::string id;
  std::string parameters = "{}";
  int episodes = 20;
  std::uint64_t seed = 1;
  bool json = false;
};

struct Speed {
  std::int64_t steps = 0;
  double steps_per_second = 0;
};

// Random episodes with what a search does at each step: legal actions, an encoding, a clone.
Speed MeasureSpeed(const env::Environment& environment, std::uint64_t seed) {
  using Clock = std::chrono::steady_clock;
  const auto started = Clock::now();
  std::vector<float> observation(environment.spec().observation.size());
  std::vector<env::Action> legal;
  std::vector<env::ChanceOutcome> outcomes;
  Speed speed;
  double seconds = 0;
  for (std::uint64_t episode = 0; seconds < 0.5; ++episode) {
    RandomStream random({seed, episode});
    auto made = environment.NewState(environment.SampleTask(random));
    if (!made) return speed;  // The contract reports it.
    auto state = std::move(*made);
    while (state->phase() == env::Phase::kOngoing && seconds < 0.5) {
      state->Encode(observation);
      legal.clear();
      if (state->to_play() == env::Player::kChance) {
        state->ChanceOutcomes(&outcomes);
        for (const auto& outcome : outcomes) legal.push_back(outcome.action);
      } else {
        state->LegalActions(&legal);
      }
      state = state->Clone();
      state->Apply(legal[random.Below(legal.size())]);
      ++speed.steps;
      if (speed.steps % 64 == 0) {
        seconds = std::chrono::duration<double>(Clock::now() - started).count();
      }
    }
    seconds = std::chrono::duration<double>(Clock::now() - started).count();
  }
  speed.steps_per_second = static_cast<double>(speed.steps) / seconds;
  return speed;
}

int CheckEnvironment(const CheckArguments& arguments, const env::Registry& registry) {
  const Json parameters = Json::parse(arguments.parameters, nullptr, false);
  if (!parameters.is_object()) {
    return Complain(fmt::format("--parameters {}: expected a JSON object such as {{\"size\": 5}}",
                                arguments.parameters));
  }
  const auto environment = registry.Make(arguments.id, parameters);
  if (!environment) return Complain(environment.error().message);
  const auto violations =
      env::CheckContract(**environment, {.seed = arguments.seed, .episodes = arguments.episodes});
  // A broken environment is not run again for its speed: it may not end.
  const Speed speed = violations.empty() ? MeasureSpeed(**environment, arguments.seed) : Speed{};
  if (arguments.json) {
    Json broken = Json::array();
    for (const auto& [rule, detail] : violations) {
      broken.push_back({{"rule", rule}, {"detail", detail}});
    }
    PrintJson({{"environment", arguments.id},
               {"episodes", arguments.episodes},
               {"violations", broken},
               {"steps_per_second", speed.steps_per_second}});
  } else if (violations.empty()) {
    std::cout << fmt::format(
        "{} keeps the contract in {} random episodes; {:.3g} steps/s "
        "(encode, legal actions, clone, apply) on one core\n",
        arguments.id, arguments.episodes, speed.steps_per_second);
  } else {
    std::cout << fmt::format("{} breaks {} promise(s) of env/environment.h:\n", arguments.id,
                             violations.size());
    for (const auto& [rule, detail] : violations) {
      std::cout << fmt::format("  {}\n      {}\n", rule, detail);
    }
  }
  return violations.empty() ? kDone : kFailed;
}

}  // namespace

void AddCheckEnvCommand(CLI::App* app, Context* context) {
  auto arguments = std::make_shared<CheckArguments>();
  auto* command = AddCommand(app, context, "check-env",
                             "Hold an environment against the contract by random episodes.",
                             [=] { return CheckEnvironment(*arguments, context->registry); });
  command->add_option("environment", arguments->id, "Its id; `tesuji envs` lists them.")
      ->required();
  command->add_option("--parameters", arguments->parameters, "As a JSON object.")
      ->capture_default_str();
  command->add_option("--episodes", arguments->episodes, "Random episodes.")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--seed", arguments->seed, "Of those episodes.")->capture_default_str();
  command->add_flag("--json", arguments->json, "One JSON object.");
  command->footer("Example: tesuji check-env go --parameters '{\"size\": 5}' --episodes 100");
}

}  // namespace tesuji::cli
