#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "api/contract.h"
#include "api/speed.h"
#include "campaign/judge_source.h"
#include "cli/command.h"
#include "cli/watched.h"

namespace tesuji::cli {
namespace {

struct CheckArguments {
  std::string id;
  std::string parameters = "{}";
  int episodes = 20;
  std::uint64_t seed = 1;
  double patience = 10;
  campaign::JudgeSection judge;
  bool json = false;
};

Json SpeedJson(const env::EnvironmentSpeed& speed) {
  return {{"steps_per_second", speed.steps_per_second},
          {"legal_ns", speed.legal_ns},
          {"encode_ns", speed.encode_ns},
          {"clone_ns", speed.clone_ns},
          {"apply_ns", speed.apply_ns},
          {"fingerprint_ns", speed.fingerprint_ns},
          {"steps_per_episode", speed.steps_per_episode}};
}

// What the child process does: {"refused"} or {"violations", "speed"}.
Json Check(const CheckArguments& arguments, const Json& parameters, const env::Registry& registry,
           env::GuardTrace* trace) {
  trace->Set("EnvironmentFactory::make", "parameters " + parameters.dump());
  const auto environment = registry.MakeUnguarded(arguments.id, parameters);
  if (!environment) return {{"refused", environment.error().message}};
  env::ContractOptions options;
  options.seed = arguments.seed;
  options.episodes = arguments.episodes;
  options.trace = trace;
  options.judge_patience =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.patience * 1000));
  options.make_judge = [&] {
    if (!arguments.judge.problem.empty()) return campaign::OpenSandboxJudge(arguments.judge);
    return registry.MakeJudge(arguments.id, **environment, trace);
  };
  auto violations = env::CheckContract(**environment, options);
  // Stored episodes name their environment by these parameters.
  const auto again = registry.MakeUnguarded(arguments.id, (*environment)->parameters());
  if (!again || (*again)->parameters() != (*environment)->parameters()) {
    violations.push_back({.rule = "parameters() make an equal environment",
                          .detail = again ? (*again)->parameters().dump() + " against " +
                                                (*environment)->parameters().dump()
                                          : again.error().message});
  }
  Json broken = Json::array();
  for (const auto& [rule, detail] : violations) {
    broken.push_back({{"rule", rule}, {"detail", detail}});
  }
  // A broken environment is not run again for its speed: it may not end.
  env::EnvironmentSpeed speed;
  if (violations.empty()) {
    trace->Set("a measurement of speed", "random episodes");
    speed = env::MeasureEnvironment(**environment, arguments.seed, std::chrono::milliseconds(500));
  }
  return {{"violations", broken}, {"speed", SpeedJson(speed)}};
}

void PrintReport(const CheckArguments& arguments, const Json& violations, const Json& speed) {
  if (violations.empty()) {
    std::cout << fmt::format(
        "{} keeps the contract in {} random episodes\n"
        "speed on one core: {:.3g} steps/s in episodes of {:.0f} steps; legal actions {:.0f} ns, "
        "encoding {:.0f} ns, clone {:.0f} ns, apply {:.0f} ns, fingerprint {:.0f} ns\n",
        arguments.id, arguments.episodes, speed.at("steps_per_second").get<double>(),
        speed.at("steps_per_episode").get<double>(), speed.at("legal_ns").get<double>(),
        speed.at("encode_ns").get<double>(), speed.at("clone_ns").get<double>(),
        speed.at("apply_ns").get<double>(), speed.at("fingerprint_ns").get<double>());
    return;
  }
  std::cout << fmt::format("{} breaks {} promise(s) of api/environment.h:\n", arguments.id,
                           violations.size());
  for (const auto& violation : violations) {
    std::cout << fmt::format("  broken: {}\n      {}\n", violation.at("rule").get<std::string>(),
                             violation.at("detail").get<std::string>());
  }
}

int CheckEnvironment(const CheckArguments& arguments, const env::Registry& registry) {
  const auto parameters = ReadParameters(arguments.parameters, R"({"size": 5})");
  if (!parameters) return Complain(parameters.error().message);
  const WatchedOutcome outcome = RunWatched(
      [&](env::GuardTrace* trace) { return Check(arguments, *parameters, registry, trace); },
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.patience * 1000)));
  if (outcome.result.contains("refused")) {
    return Complain(outcome.result.at("refused").get<std::string>());
  }
  Json violations = outcome.result.value("violations", Json::array());
  const Json speed = outcome.result.value("speed", SpeedJson({}));
  if (outcome.result.contains("error")) {
    violations.push_back({{"rule", "no method throws"}, {"detail", outcome.result.at("error")}});
  }
  if (!outcome.failure.empty()) {
    violations.push_back({{"rule", "every call returns"}, {"detail", "it " + outcome.failure}});
  }
  if (arguments.json) {
    PrintJson({{"environment", arguments.id},
               {"episodes", arguments.episodes},
               {"violations", violations},
               {"steps_per_second", speed.at("steps_per_second")},
               {"speed", speed}});
  } else {
    PrintReport(arguments, violations, speed);
  }
  return violations.empty() ? kDone : kFailed;
}

}  // namespace

void AddCheckEnvCommand(Command app, Context* context) {
  auto arguments = std::make_shared<CheckArguments>();
  auto command = AddCommand(app, context, "check-env",
                            "Hold an environment against the contract by random episodes.",
                            [=] { return CheckEnvironment(*arguments, context->registry); });
  command.Add("environment", arguments->id, "Its id; `tesuji envs` lists them.").Required();
  command.Add("--parameters", arguments->parameters, "Its parameters, as a JSON object.")
      .ShowDefault();
  command.Add("--episodes", arguments->episodes, "Random episodes.")
      .ShowDefault()
      .Between(1, 1'000'000);
  command.Add("--seed", arguments->seed, "Seed of those episodes.").ShowDefault();
  command.Add("--patience", arguments->patience, "Seconds that one call may take.")
      .ShowDefault()
      .Between(0.1, 3600.0);
  command.Add("--problem", arguments->judge.problem,
              "Folder of the problem that judges its episodes in the sandbox, as judge.problem.");
  command
      .Add("--language", arguments->judge.language, "Language of its artifacts, as judge.language.")
      .ShowDefault();
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer(
      "Examples: tesuji check-env go --parameters '{\"size\": 5}' --episodes 100\n"
      "          tesuji check-env mine --plugin build/mine.so");
}

}  // namespace tesuji::cli
