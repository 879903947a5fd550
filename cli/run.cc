#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "campaign/campaign.h"
#include "campaign/campaign_config.h"
#include "campaign/status.h"
#include "cli/command.h"
#include "cli/game_hooks.h"

namespace tesuji::cli {
namespace {

struct RunArguments {
  std::string file;
  std::string store;
  std::optional<double> minutes;
  std::optional<std::int64_t> episodes;
  std::optional<std::int64_t> seed;
  std::vector<std::string> assignments;
  bool json = false;
};

Result<campaign::CampaignConfig> Configure(const RunArguments& arguments, env::Registry* registry) {
  auto file = ConfigFile::Load(arguments.file);
  if (!file) return tl::unexpected(file.error());
  for (const auto& assignment : arguments.assignments) {
    if (auto status = file->Override(assignment); !status) return tl::unexpected(status.error());
  }
  const auto overrule = [&](const char* section, const char* key, const char* option,
                            const auto& value) {
    file->Override(section, key, value, fmt::format("{} {}", option, value));
  };
  if (!arguments.store.empty()) overrule("storage", "path", "--store", arguments.store);
  if (arguments.minutes) overrule("campaign", "minutes", "--minutes", *arguments.minutes);
  if (arguments.episodes) overrule("campaign", "episodes", "--episodes", *arguments.episodes);
  if (arguments.seed) overrule("campaign", "seed", "--seed", *arguments.seed);
  const auto folder = std::filesystem::path(arguments.file).parent_path();
  if (auto status = campaign::LoadCampaignPlugins(*file, folder, registry); !status) {
    return tl::unexpected(status.error());
  }
  return campaign::ReadCampaign(*file, *registry);
}

int Run(const RunArguments& arguments, env::Registry* registry) {
  auto config = Configure(arguments, registry);
  if (!config) return Complain(config.error().message);
  const std::string store = config->store_path().string();
  auto campaign = campaign::Campaign::Open(std::move(*config), *registry, GameHooksOf);
  if (!campaign) return Complain(campaign.error().message);
  InstallStopHandler();
  const auto outcome = (*campaign)->Run(StopRequested());
  const Json status = campaign::StatusJson((*campaign)->store());
  if (arguments.json) {
    PrintJson(status);
  } else {
    std::cout << campaign::StatusTable(status);
  }
  std::cerr << fmt::format(
      "{}: {} new episodes in {}; {} unfinished ones are kept and go on with the next run\n",
      outcome.interrupted ? "stopped" : "done", outcome.episodes, store, outcome.kept_unfinished);
  if (!outcome.nothing_trained.empty()) std::cerr << outcome.nothing_trained << "\n";
  const int code = outcome.given_up.empty() ? kDone : Complain(outcome.given_up, kFailed);
  if (outcome.left_a_thread) {
    campaign->reset();  // Closes the store.
    std::cout.flush();
    std::fflush(nullptr);
    std::_Exit(code);
  }
  return code;
}

}  // namespace

void AddRunCommand(Command app, Context* context) {
  auto arguments = std::make_shared<RunArguments>();
  auto command = AddCommand(app, context, "run", "Start or resume a campaign.",
                            [=] { return Run(*arguments, &context->registry); });
  command.Add("campaign", arguments->file, "The campaign file (TOML).").Required();
  command.Add("--store", arguments->store, "The store; overrides storage.path.");
  command
      .Add("--minutes", arguments->minutes,
           "Stop after so many minutes; final games may take a quarter more; 0: no limit.")
      .Between(0.0, 1e7);
  command
      .Add("--episodes", arguments->episodes,
           "Stop when the store holds so many episodes; 0: no limit.")
      .NotNegative();
  command.Add("--seed", arguments->seed, "Overrides campaign.seed.").NotNegative();
  command.Add("--set", arguments->assignments,
              "Override one key: section.key=value. Text needs no quotes; tesuji envs "
              "--campaign-reference prints every key.");
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "Print the final status as JSON.");
  command.Footer(
      "Example: tesuji run experiments/go9.toml --minutes 120 --set network.blocks=6\n\nKeys:\n" +
      campaign::KeyNames(context->registry));
}

}  // namespace tesuji::cli
