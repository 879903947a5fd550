// A family's own section of a campaign file, described by a table (core/settings.h) and handed in
// as parameters (api/registry.h).
// Thread-safety: free functions.
#pragma once

#include <vector>

#include "api/registry.h"
#include "core/settings.h"

namespace tesuji::env {

/// The keys of a table that is bound to a fresh struct, whose values are the defaults.
std::vector<Parameter> ParametersOf(const SettingsTable& table);

/// Puts complete parameters (CompleteParameters()) into what a table of one section is bound to.
void SetParameters(const Json& parameters, const SettingsTable& table);

}  // namespace tesuji::env
