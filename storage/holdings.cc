#include "storage/holdings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tesuji::storage {
namespace {

/// `parameters` with the defaults of those that they leave out, where the environment is known.
Json Complete(const env::Registry& registry, const std::string& id, const Json& parameters) {
  if (registry.Find(id) == nullptr) return parameters;
  const auto environment = registry.Make(id, parameters);
  return environment ? (*environment)->parameters() : parameters;
}

/// The environment of a campaign that has stored nothing yet.
void AddFromCampaign(const Json& campaign, std::vector<StoredEnvironment>* held) {
  const auto section = campaign.find("environment");
  if (section == campaign.end() || !section->is_object() || !section->contains("id")) return;
  StoredEnvironment environment;
  environment.parameters = *section;
  environment.id = section->at("id").get<std::string>();
  environment.parameters.erase("id");
  held->push_back(std::move(environment));
}

/// "size = 9 (here 5)" for every parameter that differs; empty when none does.
std::string Differences(const Json& held, const Json& here) {
  std::string text;
  const auto add = [&](const std::string& key) {
    const Json before = held.value(key, Json());
    const Json now = here.value(key, Json());
    if (before == now) return;
    text += fmt::format("{}{} = {} (here {})", text.empty() ? "" : ", ", key, before.dump(),
                        now.dump());
  };
  for (const auto& [key, value] : held.items()) add(key);
  for (const auto& [key, value] : here.items()) {
    if (!held.contains(key)) add(key);
  }
  return text;
}

std::string Amount(const StoredEnvironment& held) {
  if (held.episodes == 0) return "a campaign";
  return fmt::format("{} episode{}", held.episodes, held.episodes == 1 ? "" : "s");
}

}  // namespace

Holdings::Holdings(const Store& store, const env::Registry& registry)
    : location_(store.location()), held_(store.Environments()) {
  const auto campaign = store.GetFact("campaign");
  has_campaign_ = campaign && campaign->is_object();
  if (has_campaign_ && held_.empty()) AddFromCampaign(*campaign, &held_);
  for (StoredEnvironment& held : held_) {
    held.parameters = Complete(registry, held.id, held.parameters);
  }
}

Status Holdings::Refuse(const std::string& difference) const {
  return Fail(fmt::format("{}: holds {}; a store keeps one environment: use another store",
                          location_, difference));
}

Status Holdings::Takes(const env::Environment& environment) const {
  const std::string& id = environment.spec().id;
  const int version = environment.spec().version;
  for (const StoredEnvironment& held : held_) {
    if (held.id != id) {
      return Refuse(fmt::format("{} of environment {} (here {})", Amount(held), held.id, id));
    }
    if (held.episodes > 0 && held.version != version) {
      return Refuse(fmt::format("{} of environment {} version {} (here version {})", Amount(held),
                                held.id, held.version, version));
    }
    const std::string differences = Differences(held.parameters, environment.parameters());
    if (!differences.empty()) {
      return Refuse(
          fmt::format("{} of environment {} with {}", Amount(held), held.id, differences));
    }
  }
  return {};
}

Status Holdings::TakesRecords(const env::Environment& environment) const {
  if (has_campaign_) return Takes(environment);
  const std::string& id = environment.spec().id;
  for (const StoredEnvironment& held : held_) {
    if (held.id == id) continue;
    return Refuse(fmt::format("{} of environment {} (here {})", Amount(held), held.id, id));
  }
  return {};
}

bool Holdings::IsOfAnother(const env::Environment& environment) const {
  return std::ranges::any_of(
      held_, [&](const StoredEnvironment& held) { return held.id != environment.spec().id; });
}

}  // namespace tesuji::storage
