#include "campaign/campaign_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <map>

#include "api/plugin_loader.h"
#include "campaign/campaign_settings.h"

namespace tesuji::campaign {
namespace {

/// `--set environment.tasks=2024` means a text where the parameter is one.
void TakeTexts(const ConfigFile& file, const std::string& section,
               const std::vector<env::Parameter>& parameters, Json* given) {
  for (const env::Parameter& parameter : parameters) {
    const auto text = file.OverrideText(section, parameter.name);
    if (!text || !parameter.default_value.is_string()) continue;
    Json& value = (*given)[parameter.name];
    if (!value.is_string()) value = *text;
  }
}

/// The first of the producer's keys that is wrong, with its line.
std::string WrongKey(const ConfigFile& file, const env::ProducerFactory& producer,
                     const Json& given, const std::function<Status(const Json&)>& check) {
  for (const auto& [key, value] : given.items()) {
    if (Status good = check(Json{{key, value}}); !good) {
      return fmt::format("{}: {}", file.Where(producer.section, key), good.error().message);
    }
  }
  return {};
}

/// Checks a producer's section and, where the file chooses it, puts it into *config.
Status ReadProducer(const ConfigFile& file, const env::ProducerFactory& producer,
                    const env::Environment& environment, Json given, CampaignConfig* config) {
  const bool mine = producer.environment == config->environment.id;
  if (!mine && !given.empty()) {
    return Fail(fmt::format("{}: needs environment.id = \"{}\", found \"{}\"",
                            file.Where(producer.section, given.begin().key()), producer.environment,
                            config->environment.id));
  }
  if (!mine) return {};
  for (const auto& [key, instead] : producer.former_keys) {
    if (!given.contains(key)) continue;
    return Fail(
        fmt::format("{}: is no longer a key; {}", file.Where(producer.section, key), instead));
  }
  TakeTexts(file, producer.section, producer.parameters, &given);
  const auto check = [&](const Json& settings) -> Status {
    auto complete = env::CompleteParameters(producer.parameters, "this section", settings);
    if (!complete) return tl::unexpected(complete.error());
    env::ProducerSetup setup;
    setup.environment = &environment;
    setup.settings = std::move(*complete);
    setup.campaign_seed = config->campaign.seed;
    setup.threads = config->selfplay.workers;
    auto made = producer.make(setup);
    if (!made) return tl::unexpected(made.error());
    return {};
  };
  if (Status good = check(given); !good) {
    const std::string wrong = WrongKey(file, producer, given, check);
    return Fail(wrong.empty() ? fmt::format("[{}]: {}", producer.section, good.error().message)
                              : wrong);
  }
  const Json complete = *env::CompleteParameters(producer.parameters, "", given);
  if (!producer.chosen_by.empty() && !complete.at(producer.chosen_by).get<bool>()) return {};
  if (!config->producer.section.empty()) {
    return Fail(fmt::format("{}: [{}] is chosen as well; a campaign explores in one way",
                            file.Where(producer.section, producer.chosen_by),
                            config->producer.section));
  }
  config->producer = {.section = producer.section, .settings = complete};
  return {};
}

/// The environment; a failure has the line of the key that is wrong.
Result<std::unique_ptr<const env::Environment>> MakeEnvironment(const ConfigFile& file,
                                                                const env::Registry& registry,
                                                                EnvironmentSection* section) {
  const env::EnvironmentFactory* factory = registry.Find(section->id);
  if (factory == nullptr) {
    std::vector<std::string> ids;
    for (const auto& known : registry.factories()) ids.push_back(known.id);
    return Fail(fmt::format("{}: no environment \"{}\"; there are {}",
                            file.Where("environment", "id"), section->id, fmt::join(ids, ", ")));
  }
  TakeTexts(file, "environment", factory->parameters, &section->parameters);
  auto made = registry.Make(section->id, section->parameters);
  if (made) return made;
  // Each key is tried alone so that the message has its line.
  for (const auto& [key, value] : section->parameters.items()) {
    if (auto alone = registry.Make(section->id, Json{{key, value}}); !alone) {
      return Fail(fmt::format("{}: {}", file.Where("environment", key), alone.error().message));
    }
  }
  return Fail(fmt::format("{}: {}", file.Where("environment", "id"), made.error().message));
}

}  // namespace

std::filesystem::path CampaignConfig::store_path() const {
  if (!storage.path.empty()) return storage.path;
  return std::filesystem::path("runs") / (campaign.name + ".db");
}

Status LoadCampaignPlugins(const ConfigFile& file, const std::filesystem::path& folder,
                           env::Registry* registry) {
  CampaignConfig config;
  SettingsTable table;
  Describe(&table, &config);
  (void)table.Read(file);  // What else may be wrong is ReadCampaign()'s to say.
  for (const auto& plugin : config.campaign.plugins) {
    if (auto status = env::LoadPlugin(folder / plugin, registry); !status) {
      return Fail(fmt::format("{}: {}", file.Where("campaign", "plugins"), status.error().message));
    }
  }
  return {};
}

Result<CampaignConfig> ReadCampaign(const ConfigFile& file, const env::Registry& registry) {
  CampaignConfig config;
  SettingsTable table;
  Describe(&table, &config);
  std::map<std::string, Json> given;  // Of each producer's section.
  for (const auto& producer : registry.producers()) {
    table.Section(producer.section);
    table.AddRest(&given[producer.section]);
  }
  if (auto status = table.Read(file); !status) return tl::unexpected(status.error());
  auto environment = MakeEnvironment(file, registry, &config.environment);
  if (!environment) return tl::unexpected(environment.error());
  for (const auto& producer : registry.producers()) {
    if (auto status = ReadProducer(file, producer, **environment, given[producer.section], &config);
        !status) {
      return tl::unexpected(status.error());
    }
  }
  config.environment.parameters = (*environment)->parameters();
  config.values = table.Values();
  for (const auto& producer : registry.producers()) config.values.erase(producer.section);
  if (!config.producer.section.empty()) {
    config.values[config.producer.section] = config.producer.settings;
  }
  for (const auto& [section, keys] : config.values.items()) {
    for (const auto& [key, value] : keys.items()) {
      config.given_by[section + "." + key] = file.Where(section, key);
    }
  }
  config.learner.trainer.seed = config.campaign.seed;
  config.episode.full.root_noise = true;
  return config;
}

search::SearchOptions SearchSettings(const Json& values) {
  const Json section = values.is_object() ? values.value("search", Json()) : Json();
  search::SearchOptions options;
  SettingsTable table;
  Describe(&table, &options);
  table.ReadStored({{"search", section}});  // What cannot be read keeps its default.
  options.root_noise = false;
  return Validate(options) ? options : search::SearchOptions();
}

}  // namespace tesuji::campaign
