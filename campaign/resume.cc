#include "campaign/resume.h"

#include <fmt/format.h>

#include "campaign/campaign_settings.h"
#include "core/unix_time.h"
#include "core/version.h"

namespace tesuji::campaign {
namespace {

constexpr const char* kSettingsFact = "campaign";
constexpr const char* kChangesFact = "campaign_changes";

/// What may happen to a key of any section, those of producers included.
OnResume RuleOf(const SettingsTable& table, const std::string& section, const std::string& key,
                const CampaignConfig& config) {
  if (section == "campaign" && key == "seed" && config.may_change_seed) return OnResume::kRecorded;
  if (const Setting* row = table.Find(section, key); row != nullptr) return row->rules.on_resume;
  return section == "environment" ? OnResume::kRefused : OnResume::kRecorded;
}

/// Empty where the store has no such section, or something else under its name.
Json SectionOf(const Json& values, const std::string& section) {
  const Json found = values.is_object() ? values.value(section, Json()) : Json();
  return found.is_object() ? found : Json::object();
}

/// Keys that files may no longer set have the value that the store has.
void TakeFormerValues(const Json& stored, CampaignConfig* config) {
  SettingsTable table;
  Describe(&table, config);
  for (const Setting& row : table.rows()) {
    if (!table.IsFormer(row)) continue;
    const Json section = SectionOf(stored, row.section);
    if (!section.contains(row.name)) continue;
    // A value that makes no sense is as if it were not there.
    if (row.Set(section.at(row.name))) config->values[row.section][row.name] = row.Value();
  }
}

}  // namespace

Result<Json> CompareWithStore(const storage::Store& store, bool has_network,
                              CampaignConfig* config) {
  Json changes = Json::array();
  const auto stored = store.GetFact(kSettingsFact);
  if (!stored) return changes;
  TakeFormerValues(*stored, config);
  CampaignConfig fresh;
  SettingsTable table;
  Describe(&table, &fresh);
  const Json defaults = table.Values();
  for (const auto& [section, keys] : config->values.items()) {
    if (section == "network" && !has_network) continue;
    const Json before = SectionOf(*stored, section);
    const Json unset = SectionOf(defaults, section);
    for (const auto& [key, value] : keys.items()) {
      // `discover` stored the environment's parameters without its id before it was a campaign.
      if (section == "environment" && key == "id" && !before.empty() && !before.contains(key)) {
        continue;
      }
      // A store that was made before the key was there had the default.
      const Json stood = before.value(key, unset.value(key, Json()));
      if (stood == value) continue;
      const OnResume rule = RuleOf(table, section, key, *config);
      if (rule == OnResume::kRefused) {
        return Fail(fmt::format(
            "{}: holds a campaign with {}.{} = {}, not {} ({}); use another store (--store) or the "
            "old value",
            store.location(), section, key, stood.dump(), value.dump(),
            config->given_by[section + "." + key]));
      }
      if (rule == OnResume::kRecorded && !stood.is_null()) {
        changes.push_back({{"key", section + "." + key}, {"from", stood}, {"to", value}});
      }
    }
  }
  return changes;
}

void RecordSettings(storage::Store* store, const CampaignConfig& config, const Json& changes) {
  if (!changes.empty()) {
    Json all = store->GetFact(kChangesFact).value_or(Json::array());
    if (!all.is_array()) all = Json::array();
    const Json counts = {{"episodes", store->counts().episodes},
                         {"unix_ms", UnixMilliseconds()},
                         {"software_version", kSoftwareVersion}};
    for (Json change : changes) {
      change.update(counts);
      all.push_back(std::move(change));
    }
    store->PutFact(kChangesFact, all);
  }
  store->PutFact(kSettingsFact, config.values);
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
