#include "campaign/resume.h"

#include <fmt/format.h>

namespace tesuji::campaign {
namespace {

/// The keys that a store cannot change in mid-campaign. A key that the store was made before had
/// its default then.
Status CheckSection(const Json& stored, const Json& now, const char* section,
                    const std::string& path) {
  static const Json kNothing = Json::object();
  const Json& before = stored.contains(section) ? stored[section] : kNothing;
  const Json defaults = DefaultValues()[section];
  for (const auto& [key, value] : now[section].items()) {
    // `discover` stored the environment's parameters without its id before it was a campaign.
    if (key == "id" && !before.empty() && !before.contains(key)) continue;
    const Json stood = before.value(key, defaults.value(key, Json()));
    if (stood != value) {
      return Fail(fmt::format(
          "{}: holds a campaign with {}.{} = {}, the campaign file says {}; use another "
          "store (--store) or the old value",
          path, section, key, stood.dump(), value.dump()));
    }
  }
  return {};
}

}  // namespace

Status CheckSameCampaign(const storage::Store& store, const CampaignConfig& config,
                         bool has_network) {
  const auto stored = store.GetFact("campaign");
  if (!stored) return {};
  const std::string path = store.location();
  if (auto status = CheckSection(*stored, config.values, "environment", path); !status) {
    return status;
  }
  if (has_network) {
    if (auto status = CheckSection(*stored, config.values, "network", path); !status) return status;
  }
  const Json before = stored->value("campaign", Json::object()).value("seed", Json());
  const Json& seed = config.values["campaign"]["seed"];
  if (before != seed && !config.may_change_seed) {
    return Fail(fmt::format("{}: holds a campaign with seed {}, the campaign file says {}", path,
                            before.dump(), seed.dump()));
  }
  return {};
}

std::vector<std::uint64_t> EpisodeNumbers(const storage::Store& store, std::uint64_t seed) {
  std::vector<std::uint64_t> numbers;
  store.ForEachSummary(1,
                       [&](const storage::TrajectorySummary& summary) {
                         if (summary.campaign_seed == seed) numbers.push_back(summary.episode);
                         return true;
                       },
                       {});
  return numbers;
}

}  // namespace tesuji::campaign
