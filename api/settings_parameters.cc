#include "api/settings_parameters.h"

#include <cassert>
#include <cmath>

namespace tesuji::env {

std::vector<Parameter> ParametersOf(const SettingsTable& table) {
  std::vector<Parameter> parameters;
  for (const Setting& row : table.rows()) {
    if (row.rules.scope != SettingScope::kKey) continue;
    Parameter parameter{.name = row.name, .default_value = row.Value(), .help = row.help};
    if (std::isfinite(row.rules.minimum) && std::isfinite(row.rules.maximum)) {
      parameter.minimum = row.rules.minimum;
      parameter.maximum = row.rules.maximum;
    }
    if (const auto* choice = std::get_if<SettingChoice>(&row.place)) {
      parameter.choices = choice->names;
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

void SetParameters(const Json& parameters, const SettingsTable& table) {
  for (const Setting& row : table.rows()) {
    if (!parameters.contains(row.name)) continue;
    [[maybe_unused]] const Status set = row.Set(parameters.at(row.name));
    assert(set);
  }
}

}  // namespace tesuji::env
