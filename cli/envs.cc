#include <fmt/format.h>

#include <iostream>

#include "campaign/campaign_config.h"
#include "cli/command.h"

namespace tesuji::cli {
namespace {

void PrintFactory(const env::EnvironmentFactory& factory) {
  std::cout << fmt::format("{}: {}\n", factory.id, factory.summary);
  if (!factory.plugin.empty()) std::cout << fmt::format("    from {}\n", factory.plugin);
  for (const auto& parameter : factory.parameters) {
    std::cout << fmt::format("    {:<20} {:<14} {}\n", parameter.name,
                             parameter.default_value.dump(), parameter.help);
  }
}

Json FactoryJson(const env::EnvironmentFactory& factory) {
  Json parameters = Json::array();
  for (const auto& parameter : factory.parameters) {
    parameters.push_back(
        {{"name", parameter.name}, {"default", parameter.default_value}, {"help", parameter.help}});
  }
  return {{"id", factory.id},
          {"summary", factory.summary},
          {"plugin", factory.plugin},
          {"parameters", parameters}};
}

}  // namespace

void AddEnvsCommand(Command app, Context* context) {
  auto json = std::make_shared<bool>(false);
  auto reference = std::make_shared<bool>(false);
  auto command =
      AddCommand(app, context, "envs", "List environments and their parameters.", [=]() -> int {
        if (*reference) {
          std::cout << campaign::CampaignReference(context->registry);
          return kDone;
        }
        for (const auto& factory : context->registry.factories()) {
          if (*json) {
            PrintJson(FactoryJson(factory));
          } else {
            PrintFactory(factory);
          }
        }
        return kDone;
      });
  AddPluginOption(command, context);
  command.AddFlag("--json", *json, "One JSON object a line.");
  command.AddFlag("--campaign-reference", *reference,
                  "Print every key of the campaign file as Markdown.");
  command.Footer("Example: tesuji envs --json | jq .id");
}

}  // namespace tesuji::cli
