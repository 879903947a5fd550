#include "env/matmul/discovery.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "campaign/campaign.h"
#include "campaign/campaign_config.h"
#include "env/matmul/matmul_environment.h"

namespace tesuji::env::matmul {
namespace {

/// What a campaign file for these options would say.
Result<ConfigFile> CampaignFile(const DiscoveryOptions& options) {
  const DiscoverOptions& search = options.search;
  auto file = ConfigFile::Parse("", "discover");
  if (!file) return file;
  const auto text = [](const std::string& value) { return Json(value).dump(); };
  for (const std::string& assignment : {
           "campaign.name=" + text("discovery"),
           fmt::format("campaign.seed={}", search.seed),
           fmt::format("campaign.minutes={}", options.minutes),
           "storage.path=" + text(options.store.string()),
           fmt::format("selfplay.workers={}", search.workers),
           "environment.id=" + text("matmul"),
           "environment.format=" + text(search.format.ToText()),
           "environment.ring=" + text(std::string(RingName(search.ring))),
           std::string("flips.walk=true"),
           fmt::format("flips.target_rank={}", search.target_rank),
           fmt::format("flips.walkers={}", search.walkers),
           fmt::format("flips.plus_after={}", search.plus_after),
           fmt::format("flips.band={}", search.band),
           fmt::format("flips.stage_effort={}", search.stage_effort),
           "flips.symmetry=" + text(search.cyclic ? "cyclic" : "none"),
           fmt::format("flips.grow={}", search.grow),
       }) {
    if (auto status = file->Override(assignment); !status) return tl::unexpected(status.error());
  }
  return file;
}

}  // namespace

Result<DiscoveryOutcome> Discover(const DiscoveryOptions& options, const std::atomic<bool>& stop) {
  const auto started = std::chrono::steady_clock::now();
  DiscoveryOutcome outcome;
  Registry registry;
  registry.Add(MatmulFactory());
  ProducerFactory flips = FlipWalksFactory();
  flips.make = [&](const ProducerSetup& setup) -> Result<std::unique_ptr<Producer>> {
    if (auto status = CheckDiscoverOptions(options.search); !status) {
      return tl::unexpected(status.error());
    }
    return MakeFlipProducer(dynamic_cast<const MatmulEnvironment&>(*setup.environment),
                            options.search, &outcome);
  };
  registry.AddProducer(std::move(flips));
  auto file = CampaignFile(options);
  if (!file) return tl::unexpected(file.error());
  auto config = campaign::ReadCampaign(*file, registry);
  if (!config) return tl::unexpected(config.error());
  // The walks start from what is stored, whichever seed found it.
  config->may_change_seed = true;
  auto campaign = campaign::Campaign::Open(std::move(*config), registry);
  if (!campaign) return tl::unexpected(campaign.error());
  outcome.interrupted = (*campaign)->Run(stop).interrupted;
  outcome.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return outcome;
}

}  // namespace tesuji::env::matmul
