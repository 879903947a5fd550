#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "campaign/campaign_settings.h"

namespace tesuji::campaign {
namespace {

const char* ResumeWord(OnResume rule) {
  switch (rule) {
    case OnResume::kFree:
      return "yes";
    case OnResume::kRefused:
      return "no";
    case OnResume::kRecorded:
      return "recorded";
  }
  return "";
}

/// "integer, 1 to 64".
std::string Kind(const Setting& row) {
  const std::string allowed = row.allowed();
  if (std::holds_alternative<SettingChoice>(row.place)) return "one of " + allowed;
  return allowed.empty() ? row.type() : fmt::format("{}, {}", row.type(), allowed);
}

std::string Kind(const env::Parameter& parameter) {
  if (!parameter.choices.empty()) {
    return fmt::format("one of {}", fmt::join(parameter.choices, ", "));
  }
  const Json& model = parameter.default_value;
  std::string type = model.is_boolean()          ? "true/false"
                     : model.is_number_integer() ? "integer"
                     : model.is_number()         ? "number"
                     : model.is_string()         ? "text"
                                                 : "list or table";
  if (parameter.minimum == parameter.maximum) return type;
  return fmt::format("{}, {:.12g} to {:.12g}", type, parameter.minimum, parameter.maximum);
}

std::string ParameterTable(const std::vector<env::Parameter>& parameters) {
  std::string text = "| key | values | default | meaning |\n|---|---|---|---|\n";
  for (const auto& parameter : parameters) {
    text += fmt::format("| `{}` | {} | `{}` | {} |\n", parameter.name, Kind(parameter),
                        parameter.default_value.dump(), parameter.help);
  }
  return text;
}

std::string SectionTable(const SettingsTable& table, const std::string& section) {
  std::string text =
      "| key | values | default | may change on resume | meaning |\n|---|---|---|---|---|\n";
  for (const Setting& row : table.rows()) {
    if (row.section != section || row.rules.scope != SettingScope::kKey) continue;
    text += fmt::format("| `{}` | {} | `{}` | {} | {} |\n", row.name, Kind(row), row.Value().dump(),
                        ResumeWord(row.rules.on_resume), row.help);
  }
  return text;
}

std::string Producers(const env::Registry& registry) {
  std::string text;
  for (const auto& producer : registry.producers()) {
    text += fmt::format("\n## [{}]\n\n{}. For environment \"{}\"", producer.section,
                        producer.summary, producer.environment);
    if (!producer.chosen_by.empty()) {
      text += fmt::format(", instead of self-play where `{}` is true", producer.chosen_by);
    }
    text += ". A change on resume is recorded.\n\n" + ParameterTable(producer.parameters);
  }
  return text;
}

constexpr const char* kIntroduction =
    R"(# The campaign file

TOML. Every key is optional; `--set section.key=value` overrides one on the command line, where text
needs no quotes. This page is printed by `tesuji envs --campaign-reference`.

A campaign that goes on with a store may be given other values. "May change on resume" says what
happens then: `yes`, nothing that is stored depends on the key; `recorded`, the new value holds from
now on and the store keeps both, shown by `tesuji status --json` under `changes`; `no`, the run does
not start (exit code 2). A key of an earlier version that is gone is refused in a file; a store that
holds it goes on with the value that it has.
)";

}  // namespace

std::string CampaignReference(const env::Registry& registry) {
  CampaignConfig defaults;
  SettingsTable table;
  Describe(&table, &defaults);
  std::string text = kIntroduction;
  for (const std::string& section : table.sections()) {
    text += fmt::format("\n## [{}]\n\n{}", section, SectionTable(table, section));
  }
  text += Producers(registry);
  text +=
      "\n## Parameters of each environment, in [environment]\n\nThey may not change on resume. "
      "Environments that are not named here have none; `tesuji envs` lists all.\n";
  for (const auto& factory : registry.factories()) {
    if (factory.parameters.empty()) continue;
    text += fmt::format("\n### id = \"{}\"\n\n{}\n\n{}", factory.id, factory.summary,
                        ParameterTable(factory.parameters));
  }
  return text;
}

std::string KeyNames(const env::Registry& registry) {
  CampaignConfig defaults;
  SettingsTable table;
  Describe(&table, &defaults);
  std::string text;
  for (const std::string& section : table.sections()) {
    std::vector<std::string> names;
    for (const Setting& row : table.rows()) {
      if (row.section == section && row.rules.scope == SettingScope::kKey)
        names.push_back(row.name);
    }
    text += fmt::format("  [{}] {}\n", section, fmt::join(names, ", "));
  }
  for (const auto& producer : registry.producers()) {
    std::vector<std::string> names;
    for (const auto& parameter : producer.parameters) names.push_back(parameter.name);
    text += fmt::format("  [{}] {}\n", producer.section, fmt::join(names, ", "));
  }
  return text;
}

}  // namespace tesuji::campaign
