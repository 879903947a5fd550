#include <fmt/format.h>

#include <iostream>

#include "campaign/checkpoint_file.h"
#include "cli/command.h"
#include "env/go/gtp/engine.h"
#include "env/go/gtp/loop.h"

namespace tesuji::cli {
namespace {

struct GtpArguments {
  std::string checkpoint;
  int visits = 400;
  double resign_below = 0;
  learner::Device device;
};

int Gtp(const GtpArguments& arguments, const env::Registry& registry) {
  auto loaded = campaign::LoadCheckpoint(arguments.checkpoint, registry, arguments.device);
  if (!loaded) return Complain(loaded.error().message);
  const auto* trained = dynamic_cast<const env::go::GoEnvironment*>(loaded->environment.get());
  if (trained == nullptr) {
    return Complain(fmt::format("{}: plays {}, GTP needs a Go network", loaded->name,
                                loaded->environment->spec().id));
  }
  // A network plays the board that its layers were sized for; rules and komi may vary.
  const auto make_table =
      [&, options = trained->options()](const env::go::Rules& rules) -> Result<gtp::PlayingTable> {
    if (rules.width != options.rules.width || rules.height != options.rules.height) {
      return Fail(fmt::format("this network does not play {}x{}", rules.width, rules.height));
    }
    env::go::GoOptions wanted = options;
    wanted.rules = rules;
    auto environment = env::go::GoEnvironment::Make(wanted);
    if (!environment) return tl::unexpected(environment.error());
    gtp::PlayingTable table;
    table.environment = std::move(*environment);
    learner::EvaluatorOptions evaluator;
    table.evaluator = loaded->network->MakeEvaluator(evaluator);
    evaluator.ownership = true;
    table.ownership_evaluator = loaded->network->MakeEvaluator(evaluator);
    return table;
  };
  gtp::EngineOptions options;
  options.rules = trained->rules();
  options.komi = trained->options().komi;
  options.sizes = fmt::format("{}x{} only", options.rules.width, options.rules.height);
  options.search.simulations = arguments.visits;
  options.search.max_pending = 8;
  options.resign_below = arguments.resign_below;
  auto engine = gtp::Engine::Create(make_table, options);
  if (!engine) return Complain(engine.error().message);
  gtp::RunGtpLoop(std::cin, std::cout, **engine);
  return kDone;
}

}  // namespace

void AddGtpCommand(Command app, Context* context) {
  auto arguments = std::make_shared<GtpArguments>();
  auto command =
      AddCommand(app, context, "gtp", "A GTP engine on a checkpoint, for any Go program.",
                 [=] { return Gtp(*arguments, context->registry); });
  command.Add("checkpoint", arguments->checkpoint, "STORE, STORE:ID or FILE.safetensors.")
      .Required();
  command.Add("--visits", arguments->visits, "Simulations a move without a clock.")
      .ShowDefault()
      .Between(1, 10000000);
  command
      .Add("--resign-below", arguments->resign_below,
           "Resign below this win rate three moves in a row; 0: never.")
      .Between(0.0, 1.0);
  AddDeviceOption(command, &arguments->device);
  command.Footer("Example: tesuji gtp runs/go9.db --visits 800");
}

}  // namespace tesuji::cli
